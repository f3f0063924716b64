using System.Collections.Concurrent;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Health;
using Orchestrator.Containers.Pools;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Carries out what a pool's loop decided, beside it, each call within its time, and tells the loop what came of it.</summary>
/// <remarks>A call that ignores its time limit is left behind; what it does later shows in a list.</remarks>
internal sealed class ActionRunner(PoolParts parts, IContainerEngine engine, ProbeRunner probes, Action<PoolMessage> tell, Func<Func<Task>, Task> dispatch) : IDisposable
{
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(1); // between telling a call to stop and leaving it behind

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly InstanceDirectories _directories = new(parts.Options, parts.Owner, parts.Name);
    private bool _hasSwept;

    public void Run(PoolWork work, ValueMap labels)
    {
        foreach (var (instance, action) in work.Actions)
        {
            Track(() => ActAsync(instance, action));
        }

        foreach (var (instance, track) in work.Probes)
        {
            Track(() => ProbeAsync(instance, track));
        }

        foreach (var orphan in work.Orphans)
        {
            Track(() => RemoveOrphanAsync(orphan.EngineId, orphan.Name));
        }

        foreach (var instance in work.Gone.Where(_ => _directories.Any))
        {
            Track(() => ForgetAsync(instance));
        }

        if (work.WantsList)
        {
            var sequence = work.ListSequence;
            Track(() => ListAsync(labels, sequence));
        }
    }

    /// <summary>Stops everything that goes on and waits for it.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private void Track(Func<Task> work)
    {
        var task = dispatch(work);
        if (!task.IsCompleted)
        {
            _running.TryAdd(task, 0);
            _ = task.ContinueWith(ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task ActAsync(ManagedInstance instance, InstanceAction action)
    {
        var began = parts.Time.GetTimestamp();
        using var activity = action.Kind is InstanceActionKind.Create or InstanceActionKind.Start ? ContainerActivity.Start(parts.Name, instance.Name, action.Kind) : null;
        var limit = parts.Options.EngineTimeout + action.Grace;
        var result = await BoxAsync(token => PerformAsync(instance.Name, action, token), failure => new ActionResult(failure), limit).ConfigureAwait(false);
        ContainerActivity.End(activity, result.Failure?.Code);
        tell(new ActionEnded(instance, action.Kind, result, parts.Time.GetElapsedTime(began)));
    }

    private async ValueTask<ActionResult> PerformAsync(string instance, InstanceAction action, CancellationToken cancellationToken)
    {
        switch (action.Kind)
        {
            case InstanceActionKind.Create:
                await OnDiskAsync(token => _directories.Make(instance, token), cancellationToken).ConfigureAwait(false);
                return new(null, await engine.CreateAsync(action.Specification!, cancellationToken).ConfigureAwait(false));
            case InstanceActionKind.Start:
                await engine.StartAsync(action.EngineId!, cancellationToken).ConfigureAwait(false);
                return await InspectAsync(action, cancellationToken).ConfigureAwait(false);
            case InstanceActionKind.Resume:
                await engine.ResumeAsync(action.EngineId!, cancellationToken).ConfigureAwait(false);
                return await InspectAsync(action, cancellationToken).ConfigureAwait(false);
            case InstanceActionKind.Inspect:
                return await InspectAsync(action, cancellationToken).ConfigureAwait(false);
            case InstanceActionKind.Stop:
                await engine.StopAsync(action.EngineId!, action.Grace, cancellationToken).ConfigureAwait(false);
                break;
            case InstanceActionKind.Pause:
                await engine.PauseAsync(action.EngineId!, cancellationToken).ConfigureAwait(false);
                break;
            default:
                await engine.RemoveAsync(action.EngineId!, cancellationToken).ConfigureAwait(false);
                await OnDiskAsync(token => _directories.Remove(instance, token), cancellationToken).ConfigureAwait(false);
                break;
        }

        return default;
    }

    private async ValueTask<ActionResult> InspectAsync(InstanceAction action, CancellationToken cancellationToken) =>
        new(null, Status: await engine.InspectAsync(action.EngineId!, cancellationToken).ConfigureAwait(false));

    private async Task ProbeAsync(ManagedInstance instance, ProbeTrack track) =>
        tell(new ProbeEnded(instance, track, await probes.RunAsync(instance.Shared, track.Options, track.Remains, _stopping.Token).ConfigureAwait(false)));

    /// <summary>What cannot be removed now is swept at the next start.</summary>
    private async Task ForgetAsync(string instance)
    {
        var failed = await BoxAsync(
            async token =>
            {
                await OnDiskAsync(limited => _directories.Remove(instance, limited), token).ConfigureAwait(false);
                return (EngineFailure?)null;
            },
            static failure => failure,
            parts.Options.EngineTimeout).ConfigureAwait(false);
        if (failed is { } failure)
        {
            Log.EngineCallFailed(parts.Logger, InstanceActionKind.Remove, instance, failure.Code, failure.Message);
        }
    }

    private async Task RemoveOrphanAsync(string engineId, string? name) => tell(new OrphanEnded(engineId, await BoxAsync(
        async token =>
        {
            await engine.RemoveAsync(engineId, token).ConfigureAwait(false);
            if (name is not null)
            {
                await OnDiskAsync(limited => _directories.Remove(name, limited), token).ConfigureAwait(false);
            }

            return (EngineFailure?)null;
        },
        static failure => failure,
        parts.Options.EngineTimeout).ConfigureAwait(false)));

    private async Task ListAsync(ValueMap labels, long sequence) => tell(await BoxAsync(
        async token =>
        {
            var instances = await engine.ListAsync(labels, token).ConfigureAwait(false);
            await SweepAsync(instances, token).ConfigureAwait(false);
            return new ListEnded(sequence, instances, null);
        },
        failure => new ListEnded(sequence, null, failure),
        parts.Options.EngineTimeout).ConfigureAwait(false));

    /// <summary>With the first list, before which nothing is made: what instances left that went while nobody looked.</summary>
    private async ValueTask SweepAsync(ValueList<ContainerStatus> instances, CancellationToken cancellationToken)
    {
        if (!_hasSwept)
        {
            _hasSwept = true;
            var names = instances.Select(status => status.Name).ToHashSet(StringComparer.Ordinal);
            await OnDiskAsync(token => _directories.Sweep(names, token), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A disk may hang as an engine may: on a thread of its own, which its caller's time limit leaves behind.</summary>
    private Task OnDiskAsync(Action<CancellationToken> act, CancellationToken cancellationToken) =>
        _directories.Any ? Task.Run(() => act(cancellationToken), cancellationToken) : Task.CompletedTask;

    private async Task<T> BoxAsync<T>(Func<CancellationToken, ValueTask<T>> call, Func<EngineFailure, T> fail, TimeSpan limit)
    {
        using var box = new CancellationTokenSource(limit, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(box.Token, _stopping.Token);
        try
        {
            return await call(either.Token).AsTask().WaitAsync(limit + Grain, parts.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            return fail(EngineFailure.From(error));
        }
    }
}
