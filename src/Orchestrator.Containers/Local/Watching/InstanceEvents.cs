using System.Runtime.CompilerServices;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Watching;

/// <summary>Tells what happens to instances, by what is on record of each: so also what another process did to them.</summary>
/// <remarks>Thread-safe. Of instances that are gone, this engine remembers those that it removed, up to a number.</remarks>
internal sealed class InstanceEvents(InstanceStore store, TimeProvider time, TimeSpan interval)
{
    private const int RememberedRemovals = 512;

    private readonly Lock _gate = new();
    private readonly Queue<ProcessInstance> _removed = new();
    private TaskCompletionSource _changed = NewSignal();

    /// <summary>Something was put on record: watchers look at once.</summary>
    public void Signal()
    {
        lock (_gate)
        {
            _changed.TrySetResult();
            _changed = NewSignal();
        }
    }

    /// <summary>An instance was removed.</summary>
    public void Remember(ProcessInstance instance)
    {
        lock (_gate)
        {
            _removed.Enqueue(instance);
            if (_removed.Count > RememberedRemovals)
            {
                _removed.Dequeue();
            }
        }

        Signal();
    }

    /// <summary>Completes when something may have changed.</summary>
    public async ValueTask WaitAsync(Task changed, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(changed, Task.Delay(atMost, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Completes with the next <see cref="Signal"/>. To be taken before looking.</summary>
    public Task NextChange()
    {
        lock (_gate)
        {
            return _changed.Task;
        }
    }

    /// <summary>The events of instances with the labels.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="since">From when on; <see langword="null"/> for only new ones.</param>
    /// <param name="look">Reads the instances, and puts on record what ended meanwhile.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async IAsyncEnumerable<ContainerEvent> WatchAsync(
        ValueMap labels, DateTimeOffset? since, Func<CancellationToken, ValueTask<List<ProcessInstance>>> look, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        var isFirst = true;
        while (true)
        {
            var changed = NextChange();
            foreach (var one in Next(labels, await look(cancellationToken).ConfigureAwait(false), seen, isFirst ? since ?? DateTimeOffset.MaxValue : DateTimeOffset.MinValue))
            {
                yield return one;
            }

            isFirst = false;
            await WaitAsync(changed, interval, cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was not told yet, oldest first.</summary>
    private List<ContainerEvent> Next(ValueMap labels, List<ProcessInstance> present, Dictionary<string, long> seen, DateTimeOffset notBefore)
    {
        var told = new List<ContainerEvent>();
        ProcessInstance[] removed;
        lock (_gate)
        {
            removed = [.. _removed];
        }

        // One that was read just before it was removed counts as removed.
        var gone = removed.Select(static instance => instance.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var instance in removed.Concat(present.Where(instance => !gone.Contains(instance.Id))).Where(instance => instance.Carries(labels)))
        {
            told.AddRange(instance.EventsAfter(seen.GetValueOrDefault(instance.Id)).Where(happened => happened.At >= notBefore).Select(instance.Tell));
            seen[instance.Id] = instance.EventCount;
        }

        // Removed by another process: only the name is left, in the id.
        var known = gone.Concat(present.Select(static instance => instance.Id)).ToHashSet(StringComparer.Ordinal);
        foreach (var id in seen.Keys.Where(id => !known.Contains(id)).ToList())
        {
            seen.Remove(id);
            if (store.Load(id) is null)
            {
                told.Add(new ContainerEvent { Id = id, Name = InstanceStore.NameOf(id), Kind = ContainerEventKind.Removed, At = time.GetUtcNow() });
            }
        }

        return [.. told.OrderBy(static one => one.At)];
    }
}
