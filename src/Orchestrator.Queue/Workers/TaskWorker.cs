using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Health;
using Orchestrator.Queue.Presence;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>Leases tasks, runs them, keeps their leases alive, and gives them back when it shuts down.</summary>
internal sealed class TaskWorker : IDisposable
{
    private const double LongestIdlePolls = 5;
    private const double IdleGrowth = 1.5;

    private static readonly TimeSpan LongestRetryPause = TimeSpan.FromSeconds(1);

    private readonly TaskWorkerOptions _options;
    private readonly TaskRunner _runner;
    private readonly WorkerRecovery _recovery;
    private readonly ITaskStore _store;
    private readonly TaskSignals _signals;
    private readonly WorkerHealth _health;
    private readonly ILogger<TaskWorker> _logger;
    private readonly TaskPump _pump;
    private readonly TaskHeart _heart;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _work = Task.CompletedTask;
    private long _swept;
    private DateTimeOffset _lookedAt;
    private double _idle = 1;

    public TaskWorker(
        TaskWorkerOptions options, TaskRunner runner, WorkerRecovery recovery, ITaskStore store, TaskSignals signals, WorkerHealth health, ILogger<TaskWorker> logger)
    {
        _options = options;
        _runner = runner;
        _recovery = recovery;
        _store = store;
        _signals = signals;
        _health = health;
        _logger = logger;
        _pump = new TaskPump(options, runner.Leases, runner, signals, store.OverlapsExchanges, logger);
        _heart = new TaskHeart(options, runner.Leases, _pump.Held, signals, logger);
    }

    private TimeProvider Time => _signals.Time;

    private TimeSpan RetryPause => _options.PollInterval < LongestRetryPause ? _options.PollInterval : LongestRetryPause;

    /// <summary>Opens the database and takes back what dead workers left, so that a host with a broken database does not start.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Check();
        await _recovery.RunAsync(cancellationToken).ConfigureAwait(false);
        _swept = Time.GetTimestamp();
        _heart.Start();
        _health.Begin(_options.PollInterval * LongestIdlePolls);
        _work = Task.Run(WorkAsync, CancellationToken.None);
    }

    /// <summary>Takes no more tasks, lets handlers go on for a while, then tells them to stop. Their tasks are given back.</summary>
    /// <param name="cancellationToken">Tells the handlers to stop now, and stops waiting for them.</param>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        var abort = cancellationToken.UnsafeRegister(static state => ((TaskWorker)state!).Abort(), this);
        await using (abort.ConfigureAwait(false))
        {
            await _work.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        Abort();
    }

    private void Abort() => _aborting.Cancel();

    private void Check()
    {
        if (_runner.Types.Count == 0)
        {
            throw new InvalidOperationException("A worker needs at least one handler: call AddHandler beside AddWorker().");
        }

        if (_options.Types.FirstOrDefault(type => !_runner.Types.Contains(type)) is { } unknown)
        {
            throw new InvalidOperationException($"The worker of queue '{_options.Queue}' takes tasks of type '{unknown}', which has no handler.");
        }

        var taken = _options.Types.Count == 0 ? _runner.Types : (IEnumerable<string>)_options.Types;
        if (_options.Prefetch > 0 && taken.FirstOrDefault(type => !_options.ShortTypes.Contains(type)) is { } isLong)
        {
            throw new InvalidOperationException(
                $"The worker of queue '{_options.Queue}' has {nameof(TaskWorkerOptions.Prefetch)}, but '{isLong}' is not in its {nameof(TaskWorkerOptions.ShortTypes)}.");
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await PollAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Log.WorkerStopping(_logger, _options.Queue, _pump.Held.Count);
        }
        finally
        {
            // The leases are kept alive until the last handler has returned and its task was given back.
            _health.End();
            await DrainAsync().ConfigureAwait(false);
            await _heart.StopAsync().ConfigureAwait(false);
            _heart.Dispose();
            _pump.Signal.Dispose();
        }
    }

    private async Task PollAsync(CancellationToken stoppingToken)
    {
        var look = true;
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();
            try
            {
                await SweepAsync(stoppingToken).ConfigureAwait(false);
                _lookedAt = look ? await _store.GetTimeAsync(stoppingToken).ConfigureAwait(false) : _lookedAt;
                look = await _pump.ExchangeAsync(look, accept: true, stoppingToken).ConfigureAwait(false);
                _health.Succeeded();
                if (!look && !_pump.Held.HasEnded)
                {
                    await WaitAsync(stoppingToken).ConfigureAwait(false);
                    look = true;
                }

                if (_pump.Held.Running > 0)
                {
                    // Behind the handlers that are about to start: those that end at once are ended together.
                    await Task.Yield();
                }
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                Failed(error);
                await Task.Delay(RetryPause, Time, stoppingToken).ConfigureAwait(false);
                look = true;
            }
        }
    }

    private void Failed(Exception error)
    {
        _health.Failed(error);
        if (_pump.Held.HasEnded)
        {
            Log.OutcomesDelayed(_logger, error, _pump.Held.Count - _pump.Held.Running, _options.Queue);
        }
        else
        {
            Log.PollFailed(_logger, error, _options.Queue);
        }
    }

    private async ValueTask SweepAsync(CancellationToken stoppingToken)
    {
        if (Time.GetElapsedTime(_swept) >= _options.PollInterval)
        {
            _swept = Time.GetTimestamp();
            try
            {
                await _recovery.RunAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // What others left can wait; this worker's own tasks cannot.
                Log.SweepFailed(_logger, error, _options.Queue);
            }
        }
    }

    private async ValueTask WaitAsync(CancellationToken stoppingToken)
    {
        var poll = _options.PollInterval * _idle;
        var wait = poll;

        // One that was due already when it was looked for tasks waits for something else than its time: then the next poll is soon enough.
        if (_pump.Held.Running < _options.Concurrency && await _store.GetNextDueAsync(_options.Queue, _lookedAt, stoppingToken).ConfigureAwait(false) is { } due)
        {
            var left = due - await _store.GetTimeAsync(stoppingToken).ConfigureAwait(false);
            if (left <= TimeSpan.Zero)
            {
                return; // It fell due since then.
            }

            wait = left < poll ? left + TimeSpan.FromMilliseconds(1) : poll;
        }

        var begun = Time.GetTimestamp();
        await WaitAsync(wait, stoppingToken).ConfigureAwait(false);
        var hasWaited = Time.GetElapsedTime(begun) >= poll;
        _idle = hasWaited && _signals.IsListening ? Math.Min(_idle * IdleGrowth, LongestIdlePolls) : 1;
    }

    private async ValueTask WaitAsync(TimeSpan longest, CancellationToken stoppingToken)
    {
        var standby = _store is ITaskStandby store ? _pump.StandBy(store) : null;
        try
        {
            await _pump.Signal.WaitAsync(longest, stoppingToken).ConfigureAwait(false);
        }
        finally
        {
            if (standby is not null)
            {
                await _pump.EndStandbyAsync(standby, _store).ConfigureAwait(false);
            }
        }
    }

    private async Task DrainAsync()
    {
        await _pump.ReleaseWaitingAsync().ConfigureAwait(false);
        var (begun, told) = (Time.GetTimestamp(), false);
        while (_pump.Held.Count > 0)
        {
            var left = _options.ShutdownTimeout - Time.GetElapsedTime(begun);
            if (!told && (left <= TimeSpan.Zero || _aborting.IsCancellationRequested))
            {
                told = true;
                Array.ForEach(_pump.Held.Snapshot(), static task => task.Stop(TaskStopReason.ShuttingDown));
            }

            try
            {
                await _pump.ExchangeAsync(look: false, accept: false, CancellationToken.None).ConfigureAwait(false);
                if (!_pump.Held.HasEnded && _pump.Held.Count > 0)
                {
                    await _pump.Signal.WaitAsync(told ? _options.PollInterval : left, told ? CancellationToken.None : _aborting.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_aborting.IsCancellationRequested)
            {
                // The host has no more patience: the handlers are told with the next round.
            }
            catch (Exception error)
            {
                Failed(error);
                await Task.Delay(RetryPause, Time, told ? CancellationToken.None : _aborting.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
