using System.Runtime.CompilerServices;
using Orchestrator.Containers.Health;

namespace Orchestrator.Containers.Tests.Scripted;

/// <summary>An engine in memory that does what a test says: calls that take time, fail, hang or lie; instances that die; events that are lost, doubled or come late. Deterministic with a manual clock.</summary>
internal sealed class ScriptedEngine(TimeProvider time) : IContainerEngine, IProbeEngine
{
    private readonly Lock _gate = new(); // guards what follows
    private readonly Dictionary<string, ScriptedInstance> _instances = new(StringComparer.Ordinal);
    private readonly List<ScriptedWatch> _watches = [];
    private readonly List<string> _calls = [];
    private int _made;

    public string Name => "scripted";

    /// <summary>How long each call takes.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>What happens to a call, by its name and the instance's name; null for nothing unusual.</summary>
    public Func<string, string, CallFault?>? Fault { get; set; }

    /// <summary>How often an event is told: 0 loses it, 2 doubles it.</summary>
    public Func<ContainerEvent, int> Copies { get; set; } = static _ => 1;

    /// <summary>How late an event comes.</summary>
    public Func<ContainerEvent, TimeSpan> Delay { get; set; } = static _ => TimeSpan.Zero;

    /// <summary>What happens to an instance right after its start.</summary>
    public Action<ScriptedInstance>? Started { get; set; }

    /// <summary>All calls so far, as <c>call name</c>.</summary>
    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    public IReadOnlyList<ScriptedInstance> Instances
    {
        get
        {
            lock (_gate)
            {
                return [.. _instances.Values.OrderBy(instance => instance.Specification.Name, StringComparer.Ordinal)];
            }
        }
    }

    public int Count(string call) => Calls.Count(entry => entry.StartsWith(call + " ", StringComparison.Ordinal));

    public async ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken)
    {
        string id = "";
        await CallAsync("create", specification.Name, () => id = Create(specification).Id, cancellationToken).ConfigureAwait(false);
        return id;
    }

    public ValueTask StartAsync(string id, CancellationToken cancellationToken) => CallAsync("start", NameOf(id), () => Start(Get(id)), cancellationToken);

    public ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => CallAsync("stop", NameOf(id), () => Exit(Get(id), 143), cancellationToken);

    public ValueTask RemoveAsync(string id, CancellationToken cancellationToken) => CallAsync("remove", NameOf(id), () => Remove(id), cancellationToken);

    public async ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        ContainerStatus? status = null;
        await CallAsync("inspect", NameOf(id), () => status = Find(id)?.Status(), cancellationToken).ConfigureAwait(false);
        return status;
    }

    public async ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        ValueList<ContainerStatus> list = [];
        await CallAsync("list", "all", () => list = [.. Instances.Where(instance => instance.Carries(labels)).Select(instance => instance.Status())], cancellationToken).ConfigureAwait(false);
        return list;
    }

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => CallAsync("pause", NameOf(id), () => Pause(Get(id)), cancellationToken);

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => CallAsync("resume", NameOf(id), () => Resume(Get(id)), cancellationToken);

    public async IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var exitCode = 1;
        await CallAsync("execute", NameOf(id), () => exitCode = Get(id).ProbeExitCode(command), cancellationToken).ConfigureAwait(false);
        yield return new ContainerOutput("", ExitCode: exitCode);
    }

    public async ValueTask<int> ProbeAsync(string id, ContainerCommand command, CancellationToken cancellationToken)
    {
        var exitCode = 1;
        await CallAsync("execute", NameOf(id), () => exitCode = Get(id).ProbeExitCode(command), cancellationToken).ConfigureAwait(false);
        return Get(id).HoldsCommands ? await Get(id).HoldAsync(cancellationToken).ConfigureAwait(false) : exitCode;
    }

    public async ValueTask<bool> TryEndAsync(LeftCommand command, CancellationToken cancellationToken)
    {
        await CallAsync("end", NameOf(command.Instance), static () => { }, cancellationToken).ConfigureAwait(false);
        return Find(command.Instance) is not { HoldsCommands: true };
    }

    public ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) => ValueTask.FromResult<ContainerUsage?>(null);

    public async IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync("logs", NameOf(id), static () => { }, cancellationToken).ConfigureAwait(false);
        yield break;
    }

    public async IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync("watch", "all", static () => { }, cancellationToken).ConfigureAwait(false);
        var watch = new ScriptedWatch(labels);
        lock (_gate)
        {
            _watches.Add(watch);
        }

        using var stop = cancellationToken.UnsafeRegister(static state => ((ScriptedWatch)state!).Break(null), watch);
        try
        {
            while (await watch.NextAsync().ConfigureAwait(false) is { } told)
            {
                yield return told;
            }
        }
        finally
        {
            lock (_gate)
            {
                _watches.Remove(watch);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Makes an instance as if somebody had, without a call.</summary>
    public ScriptedInstance Create(ContainerSpecification specification)
    {
        lock (_gate)
        {
            if (_instances.Values.Any(instance => instance.Specification.Name == specification.Name))
            {
                throw new OrchestratorException("scripted.conflict", $"The name {specification.Name} is taken.");
            }

            var instance = new ScriptedInstance($"e{++_made}", specification, time);
            _instances.Add(instance.Id, instance);
            return instance;
        }
    }

    /// <summary>Starts it, as if somebody had.</summary>
    public void Start(ScriptedInstance instance)
    {
        if (instance.State == ContainerState.Running)
        {
            return;
        }

        instance.Run();
        Tell(instance, ContainerEventKind.Started);
        Started?.Invoke(instance);
    }

    /// <summary>Its program ends.</summary>
    public void Exit(ScriptedInstance instance, int exitCode, bool isOutOfMemory = false)
    {
        if (instance.State is ContainerState.Running or ContainerState.Paused)
        {
            instance.End(exitCode, isOutOfMemory);
            Tell(instance, ContainerEventKind.Exited, exitCode);
        }
    }

    public void Pause(ScriptedInstance instance)
    {
        instance.State = instance.State == ContainerState.Running ? ContainerState.Paused : throw NotRunning(instance);
        Tell(instance, ContainerEventKind.Paused);
    }

    public void Resume(ScriptedInstance instance)
    {
        instance.State = instance.State == ContainerState.Paused ? ContainerState.Running : throw NotRunning(instance);
        Tell(instance, ContainerEventKind.Resumed);
    }

    /// <summary>It disappears, whatever it does.</summary>
    public void Remove(string id)
    {
        if (Find(id) is { } instance)
        {
            Exit(instance, 137);
            lock (_gate)
            {
                _instances.Remove(id);
            }

            instance.State = ContainerState.Removed;
            Tell(instance, ContainerEventKind.Removed);
        }
    }

    /// <summary>The engine's own health check says something.</summary>
    public void Check(ScriptedInstance instance, ContainerHealth health)
    {
        instance.Health = health;
        Tell(instance, health == ContainerHealth.Healthy ? ContainerEventKind.Healthy : ContainerEventKind.Unhealthy);
    }

    /// <summary>All event streams end with a fault.</summary>
    public void BreakWatches()
    {
        foreach (var watch in Watches())
        {
            watch.Break(new OrchestratorException("scripted.lost", "The engine is gone."));
        }
    }

    /// <summary>Tells an event that may be none.</summary>
    public void Tell(ScriptedInstance instance, ContainerEventKind kind, int? exitCode = null)
    {
        var told = new ContainerEvent { Id = instance.Id, Name = instance.Specification.Name, Kind = kind, At = time.GetUtcNow(), ExitCode = exitCode };
        for (var copies = Copies(told); copies > 0; copies--)
        {
            _ = TellLaterAsync(instance, told, Delay(told));
        }
    }

    private async Task TellLaterAsync(ScriptedInstance instance, ContainerEvent told, TimeSpan delay)
    {
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, time, CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var watch in Watches().Where(watch => instance.Carries(watch.Labels)))
        {
            watch.Add(told);
        }
    }

    private async ValueTask CallAsync(string call, string name, Action act, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _calls.Add($"{call} {name}");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var fault = Fault?.Invoke(call, name);
        if (Latency > TimeSpan.Zero)
        {
            await Task.Delay(Latency, time, cancellationToken).ConfigureAwait(false);
        }

        switch (fault)
        {
            case CallFault.FailBefore:
                throw Failure(call);
            case CallFault.RefuseBefore:
                throw new OrchestratorException("scripted.refused", $"The engine refuses to {call}.");
            case CallFault.FailAfter:
                act();
                throw Failure(call);
            case CallFault.Hang:
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
                break;
            case CallFault.HangDeaf:
                await new TaskCompletionSource().Task.ConfigureAwait(false);
                break;
            case CallFault.HangAfter:
                act();
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken).ConfigureAwait(false);
                break;
            case CallFault.LieDone when call is not ("create" or "inspect" or "list" or "execute"):
                return;
        }

        act();
    }

    private static TransientFault Failure(string call) => new($"The engine fails to {call}.");

    private static OrchestratorException NotRunning(ScriptedInstance instance) => new("scripted.not_running", $"{instance.Specification.Name} does not run.");

    private ScriptedInstance Get(string id) => Find(id) ?? throw new OrchestratorException("scripted.not_found", $"There is no {id}.");

    private ScriptedInstance? Find(string id)
    {
        lock (_gate)
        {
            return _instances.GetValueOrDefault(id);
        }
    }

    private string NameOf(string id) => Find(id)?.Specification.Name ?? id;

    private ScriptedWatch[] Watches()
    {
        lock (_gate)
        {
            return [.. _watches];
        }
    }

    private sealed class TransientFault(string message) : OrchestratorException("scripted.failed", message)
    {
        public override bool IsTransient => true;
    }
}
