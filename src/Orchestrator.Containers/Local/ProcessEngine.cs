using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Local.Logs;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Local.Starting;
using Orchestrator.Containers.Local.State;
using Orchestrator.Containers.Local.Watching;

namespace Orchestrator.Containers.Local;

/// <summary>Runs instances as processes of this machine: for machines without a container engine. It isolates nothing and limits nothing.</summary>
/// <remarks>
/// Thread-safe. All it knows is in its state directory, so that another engine on it, also one of another process after this one was killed, sees, stops and removes
/// what runs. Disposing it leaves the instances running.
/// </remarks>
internal sealed class ProcessEngine : IContainerEngine, IAsyncDisposable
{
    // How long a look at many waits for one that ended but whose rest the kernel holds: in its time, not in that of an injected clock.
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(2);

    private readonly IProcessTable _table;
    private readonly InstanceStore _store;
    private readonly ProcessEnding _ending;
    private readonly InstanceEvents _events;
    private readonly InstanceWatch _watch;
    private readonly LoopbackPorts _ports = new();
    private readonly ProcessEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public ProcessEngine(IOptions<ProcessEngineOptions> options, TimeProvider time, ILogger<ProcessEngine>? logger = null)
        : this(options.Value, time, logger, OperatingSystem.IsLinux() ? new LinuxProcessTable() : new PortableProcessTable())
    {
    }

    /// <summary>On another table of processes than the system's own.</summary>
    internal ProcessEngine(ProcessEngineOptions options, TimeProvider time, ILogger? logger, IProcessTable table)
    {
        (_options, _time, _logger, _table) = (options, time, logger ?? NullLogger<ProcessEngine>.Instance, table);
        _store = new InstanceStore(options.StateDirectory, table.StartTimeOf, _logger);
        _ending = new ProcessEnding(table);
        _events = new InstanceEvents(_store, time, options.PollInterval);
        _watch = new InstanceWatch(_store, _ending, _events, options, time, _logger);
    }

    public string Name => "process";

    public ValueTask<string> CreateAsync(ContainerSpecification specification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(specification);
        if (specification.Command is null)
        {
            throw new ArgumentException("The process engine has no images: an instance needs a command.", nameof(specification));
        }

        foreach (var name in specification.Environment.Keys)
        {
            InstanceEnvironment.RequireName(name);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var id = InstanceStore.NewId(specification.Name, _time.GetUtcNow());
        return _store.TryAdd(new ProcessInstance { Id = id, Specification = specification, State = ContainerState.Created })
            ? ValueTask.FromResult(id)
            : throw new ProcessEngineException(ProcessEngineException.NameTaken, $"There is an instance named '{specification.Name}' already. Remove it, or take another name.");
    }

    public async ValueTask StartAsync(string id, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_watch.IsDisposed, this);
        using var held = await LockAsync(id, cancellationToken).ConfigureAwait(false);
        var instance = await _watch.SettleAsync(Require(id), cancellationToken).ConfigureAwait(false);
        if (instance.IsAlive)
        {
            return;
        }

        var directory = _store.Find(id)!;
        var specification = instance.Specification;
        var endpoints = _ports.Choose(specification.Ports);
        var mark = string.Create(CultureInfo.InvariantCulture, $"{InstanceEnvironment.InstanceMark}={id}.{instance.Runs + 1}");
        var program = InstanceProgram.Start(specification, directory, InstanceEnvironment.Of(specification, directory, endpoints, mark), _table);
        var run = new ProcessRun(program.Process.Id, _table.StartTimeOf(program.Process.Id), _table.Boot, mark) { Endpoints = endpoints };
        var now = _time.GetUtcNow();
        var started = (instance with { State = ContainerState.Running, Run = run, Runs = instance.Runs + 1, StartedAt = now, ExitCode = null }).After(ContainerEventKind.Started, now);
        try
        {
            // On record before its first instruction, and ours before others can read of it.
            _watch.Begin(started, program.Process);
            _store.Save(started);
            _watch.Add(program.Open(_watch.Stopping));
        }
        catch
        {
            await _ending.KillAsync(run, wasSeen: true, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        _events.Signal();
        _logger.ProcessInstanceStarted(specification.Name, run.ProcessId);
    }

    public async ValueTask StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(grace, TimeSpan.Zero);
        var instance = await SettledAsync(id, cancellationToken).ConfigureAwait(false) ?? throw NotFound(id);
        if (instance is not { IsAlive: true, Run: { } run })
        {
            return;
        }

        // Without the lock: who wants to remove it by force need not wait for the grace.
        if (grace > TimeSpan.Zero)
        {
            await _ending.AskAsync(run, grace, _time, cancellationToken).ConfigureAwait(false);
        }

        await _ending.KillAsync(run, wasSeen: true, cancellationToken).ConfigureAwait(false);
        await _watch.SettleAsync(id, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask RemoveAsync(string id, CancellationToken cancellationToken)
    {
        using var held = await _store.LockAsync(id, cancellationToken).ConfigureAwait(false);
        if (held is null || _store.Load(id) is not { } instance)
        {
            return;
        }

        if (instance.Run is { } run)
        {
            await _ending.KillAsync(run, _watch.HasSeen(run), cancellationToken).ConfigureAwait(false);
            instance = await _watch.SettleAsync(instance, cancellationToken).ConfigureAwait(false);
        }

        _store.Delete(instance);
        _events.Remember(instance.After(ContainerEventKind.Removed, _time.GetUtcNow()));
    }

    public async ValueTask<ContainerStatus?> InspectAsync(string id, CancellationToken cancellationToken) =>
        (await SettledAsync(id, cancellationToken).ConfigureAwait(false))?.ToStatus();

    public async ValueTask<ValueList<ContainerStatus>> ListAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return (await LookAsync(labels, cancellationToken).ConfigureAwait(false)).Select(static instance => instance.ToStatus()).ToValueList();
    }

    public async IAsyncEnumerable<ContainerOutput> ExecuteAsync(string id, ContainerCommand command, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(command);
        var instance = await SettledAsync(id, cancellationToken).ConfigureAwait(false) ?? throw NotFound(id);
        var run = RequireRunning(instance);
        if (InstanceCommand.TryPrepare(instance, run, _store.Find(id)!, command, _time, _table, out var mark) is not { } start)
        {
            yield return new ContainerOutput($"There is no program '{command.Command.Executable}' in this instance, or it may not be executed.", IsError: true);
            yield return new ContainerOutput("", ExitCode: InstanceCommand.NoSuchProgram);
            yield break;
        }

        var started = CommandRun.Start(start, mark, command.Input, _table);
        if (!_ending.IsAlive(run))
        {
            // The instance ended meanwhile, perhaps before there was anything of this command to find.
            await started.KillAsync().ConfigureAwait(false);
        }

        await foreach (var line in started.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    public ValueTask PauseAsync(string id, CancellationToken cancellationToken) => ChangeAsync(id, ContainerState.Paused, ContainerEventKind.Paused, cancellationToken);

    public ValueTask ResumeAsync(string id, CancellationToken cancellationToken) => ChangeAsync(id, ContainerState.Running, ContainerEventKind.Resumed, cancellationToken);

    public async ValueTask<ContainerUsage?> GetUsageAsync(string id, CancellationToken cancellationToken) =>
        await SettledAsync(id, cancellationToken).ConfigureAwait(false) is { IsAlive: true, Run: { } run } && _table.GetUsage(run) is { Processes: > 0 } usage ? usage : null;

    public async IAsyncEnumerable<ContainerOutput> ReadLogsAsync(string id, int lines, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lines);
        if (await SettledAsync(id, cancellationToken).ConfigureAwait(false) is null)
        {
            throw NotFound(id);
        }

        var logs = new InstanceLogs(_store.Find(id)!, _options.MaxLogBytes, _events);
        await foreach (var line in logs.ReadAsync(lines, follow ? async () => await SettledAsync(id, cancellationToken).ConfigureAwait(false) is { IsAlive: true } : null, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }
    }

    public IAsyncEnumerable<ContainerEvent> WatchAsync(ValueMap labels, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return _events.WatchAsync(labels, since, token => LookAsync(labels, token), cancellationToken);
    }

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    private static ProcessEngineException NotFound(string id) => new(ProcessEngineException.NotFound, $"There is no instance '{id}'.");

    private static ProcessEngineException NotRunning(ProcessInstance instance) =>
        new(ProcessEngineException.NotRunning, $"The instance '{instance.Id}' does not run: it is {instance.State}.");

    private static ProcessRun RequireRunning(ProcessInstance instance) =>
        instance is { State: ContainerState.Running, Run: { } run } ? run : throw NotRunning(instance);

    private async ValueTask ChangeAsync(string id, ContainerState wished, ContainerEventKind happened, CancellationToken cancellationToken)
    {
        using var held = await LockAsync(id, cancellationToken).ConfigureAwait(false);
        var instance = await _watch.SettleAsync(Require(id), cancellationToken).ConfigureAwait(false);
        if (instance is not { IsAlive: true, Run: { } run })
        {
            throw NotRunning(instance);
        }

        if (instance.State == wished)
        {
            return;
        }

        if (wished == ContainerState.Paused)
        {
            await _ending.FreezeAsync(run, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _table.Thaw(run);
        }

        _store.Save((instance with { State = wished }).After(happened, _time.GetUtcNow()));
        _events.Signal();
    }

    private async ValueTask<IDisposable> LockAsync(string id, CancellationToken cancellationToken) =>
        await _store.LockAsync(id, cancellationToken).ConfigureAwait(false) ?? throw NotFound(id);

    private ProcessInstance Require(string id) => _store.Load(id) ?? throw NotFound(id);

    private async ValueTask<List<ProcessInstance>> LookAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var enough = new CancellationTokenSource(LookPatience, TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        var looks = _store.LoadAll().Where(instance => instance.Carries(labels)).Select(instance => LookAsync(instance, either.Token));
        var found = await Task.WhenAll(looks).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return [.. found.OfType<ProcessInstance>()];
    }

    /// <summary>An instance as it is now or, where that takes too long, as it was last known: one that is stuck hides no other.</summary>
    private async Task<ProcessInstance?> LookAsync(ProcessInstance instance, CancellationToken enough)
    {
        try
        {
            return await SettledAsync(instance, enough).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ProcessEngineException { Code: ProcessEngineException.Busy })
        {
            return instance;
        }
    }

    private ValueTask<ProcessInstance?> SettledAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        cancellationToken.ThrowIfCancellationRequested();
        return _store.Load(id) is { } instance ? SettledAsync(instance, cancellationToken) : ValueTask.FromResult<ProcessInstance?>(null);
    }

    /// <summary>An instance as it is now; one that runs is looked after from then on.</summary>
    private async ValueTask<ProcessInstance?> SettledAsync(ProcessInstance instance, CancellationToken cancellationToken)
    {
        if (instance is not { IsAlive: true, Run: { } run })
        {
            return instance;
        }

        if (_ending.IsAlive(run))
        {
            _watch.Begin(instance);
            return instance;
        }

        return await _watch.SettleAsync(instance.Id, cancellationToken).ConfigureAwait(false);
    }
}
