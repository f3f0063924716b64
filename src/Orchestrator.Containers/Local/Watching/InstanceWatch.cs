using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;
using Orchestrator.Containers.Local.Logs;
using Orchestrator.Containers.Local.Processes;
using Orchestrator.Containers.Local.State;

namespace Orchestrator.Containers.Local.Watching;

/// <summary>Looks after each instance that runs: keeps its logs bounded and, when its program ends, kills what is left of it and puts the end on record.</summary>
/// <remarks>Thread-safe. Of programs that this process started, the end is told by the system, with the exit code; for those of an earlier one it looks now and then.</remarks>
internal sealed class InstanceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(5);

    private readonly InstanceStore _store;
    private readonly ProcessEnding _ending;
    private readonly InstanceEvents _events;
    private readonly ProcessEngineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ProcessRun, Lazy<Watched>> _runs = new();
    private readonly ConcurrentDictionary<Task, bool> _work = new();
    private int _isDisposed;

    public InstanceWatch(InstanceStore store, ProcessEnding ending, InstanceEvents events, ProcessEngineOptions options, TimeProvider time, ILogger logger) =>
        (_store, _ending, _events, _options, _time, _logger) = (store, ending, events, options, time, logger);

    public bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    /// <summary>Cancelled when the engine is disposed.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Looks after a run from now on, when that is not done yet.</summary>
    /// <param name="instance">The instance, which runs.</param>
    /// <param name="process">Its process, when this process started it: now owned here.</param>
    public void Begin(ProcessInstance instance, Process? process = null)
    {
        if (!_stop.IsCancellationRequested && instance.Run is { } run)
        {
            // The task begins with the first reader of the value: once, even when two callers add the run.
            _ = _runs.GetOrAdd(run, _ => new Lazy<Watched>(() => Watch(instance, run, process))).Value;
        }
    }

    /// <summary>Whether a run's program was alive a moment ago.</summary>
    public bool HasSeen(ProcessRun run) => _runs.ContainsKey(run) || _ending.IsAlive(run);

    /// <summary>Waits for work of a run when the engine is disposed.</summary>
    public void Add(Task work)
    {
        _work[work] = true;
        _ = ForgetAsync(work);
    }

    /// <summary>Puts an end on record that happened meanwhile.</summary>
    /// <returns>The instance as it is then; <see langword="null"/> when there is none.</returns>
    public async ValueTask<ProcessInstance?> SettleAsync(string id, CancellationToken cancellationToken)
    {
        using var held = await _store.LockAsync(id, cancellationToken).ConfigureAwait(false);
        return held is not null && _store.Load(id) is { } instance ? await SettleAsync(instance, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>The same for a caller that holds the instance's lock.</summary>
    public async ValueTask<ProcessInstance> SettleAsync(ProcessInstance instance, CancellationToken cancellationToken)
    {
        if (!instance.IsAlive || instance.Run is not { } run || _ending.IsAlive(run))
        {
            return instance;
        }

        await _ending.KillAsync(run, HasSeen(run), cancellationToken).ConfigureAwait(false);
        var exitCode = await ExitCodeAsync(run, cancellationToken).ConfigureAwait(false);
        new LogOrder(_store.Find(instance.Id)!).Note();
        var ended = (instance with { State = ContainerState.Exited, ExitCode = exitCode }).After(ContainerEventKind.Exited, _time.GetUtcNow(), exitCode);
        _store.Save(ended);
        _events.Signal();
        _logger.ProcessInstanceEnded(instance.Specification.Name, run.ProcessId, exitCode);
        return ended;
    }

    /// <summary>Stops looking; the instances go on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_runs.Values.Select(static watched => watched.Value.Work).Concat(_work.Keys)).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ForgetAsync(Task work)
    {
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _work.TryRemove(work, out _);
    }

    private Watched Watch(ProcessInstance instance, ProcessRun run, Process? process)
    {
        var exit = process is null ? null : ExitOfAsync(process);
        return new Watched(Task.Run(() => LookAfterAsync(instance, run, exit), CancellationToken.None), exit);
    }

    private async Task<int?> ExitOfAsync(Process process)
    {
        using (process)
        {
            try
            {
                await process.WaitForExitAsync(_stop.Token).ConfigureAwait(false);
                return process.ExitCode;
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }

    private async Task LookAfterAsync(ProcessInstance instance, ProcessRun run, Task<int?>? exit)
    {
        try
        {
            var directory = _store.Find(instance.Id)!;
            var order = new LogOrder(directory);
            var interval = Shortest;
            while (exit is { IsCompleted: false } || (exit is null && _ending.IsAlive(run)))
            {
                // A program that prints is looked at often, so that its two logs can be put in order; a quiet one seldom.
                interval = order.Note() ? Shortest : interval * 2 < _options.PollInterval ? interval * 2 : _options.PollInterval;
                LogFile.Bound(directory.Output, _options.MaxLogBytes);
                LogFile.Bound(directory.Errors, _options.MaxLogBytes);
                await DelayAsync(interval, exit).ConfigureAwait(false);
            }

            await SettleAsync(instance.Id, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The instance goes on without this engine.
        }
        catch (Exception error) when (error is OrchestratorException or IOException or UnauthorizedAccessException)
        {
            _logger.ProcessInstanceNotLookedAfter(instance.Specification.Name, error);
        }
        finally
        {
            _runs.TryRemove(run, out _);
        }
    }

    private async ValueTask DelayAsync(TimeSpan interval, Task<int?>? exit)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var delay = Task.Delay(interval, _time, enough.Token);
        await Task.WhenAny(exit ?? delay, delay).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        _stop.Token.ThrowIfCancellationRequested();
    }

    private async ValueTask<int?> ExitCodeAsync(ProcessRun run, CancellationToken cancellationToken)
    {
        if (!_runs.TryGetValue(run, out var watched) || watched.Value.Exit is not { } exit)
        {
            return null;
        }

        // It has ended; the system tells in a moment.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(exit, Task.Delay(ExitPatience, TimeProvider.System, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return exit.IsCompleted ? await exit.ConfigureAwait(false) : null;
    }

    private sealed record Watched(Task Work, Task<int?>? Exit);
}
