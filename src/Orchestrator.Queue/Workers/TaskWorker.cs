using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Presence;
using Orchestrator.Queue.Signals;

namespace Orchestrator.Queue.Workers;

/// <summary>Leases tasks, never more than can start at once, runs them, and keeps their leases alive.</summary>
internal sealed class TaskWorker(
    TaskWorkerOptions options, ITaskLeases leases, TaskRunner runner, WorkerRecovery recovery, TaskSignals signals, TimeProvider time, ILogger<TaskWorker> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<LeaseToken, RunningTask> _running = new();

    /// <summary>Opens the database and takes back what dead workers left, so that a host with a broken database does not start.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (runner.Types.Count == 0)
        {
            throw new InvalidOperationException("A worker needs at least one handler: call AddHandler<THandler>() beside AddWorker().");
        }

        await recovery.RunAsync(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var signal = signals.WatchQueue(options.Queue);
        using var heart = new CancellationTokenSource();
        var heartbeats = BeatAsync(heart.Token);
        try
        {
            await PollAsync(signal, stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            Log.WorkerStopping(logger, options.Queue, _running.Count);
        }
        finally
        {
            // The leases are kept alive until the last handler has returned and its task was given back.
            var running = _running.Values.ToList();
            running.ForEach(task => task.Stop(TaskStopReason.ShuttingDown));
            await Task.WhenAll(running.Select(task => task.Execution)).ConfigureAwait(false);
            await heart.CancelAsync().ConfigureAwait(false);
            await heartbeats.ConfigureAwait(false);
        }
    }

    private async Task PollAsync(Signal signal, CancellationToken stoppingToken)
    {
        var swept = time.GetTimestamp(); // StartAsync has just swept.
        while (true)
        {
            stoppingToken.ThrowIfCancellationRequested();
            try
            {
                if (time.GetElapsedTime(swept) >= options.PollInterval)
                {
                    swept = time.GetTimestamp();
                    await recovery.RunAsync(stoppingToken).ConfigureAwait(false);
                }

                await LeaseAsync(signal, stoppingToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                Log.PollFailed(logger, error, options.Queue);
            }

            await signal.WaitAsync(options.PollInterval, stoppingToken).ConfigureAwait(false);
        }
    }

    private async ValueTask LeaseAsync(Signal signal, CancellationToken stoppingToken)
    {
        var free = options.Concurrency - _running.Count;
        if (free <= 0)
        {
            return;
        }

        var leasedAt = time.GetTimestamp();
        var taken = await leases.LeaseAsync(
            new LeaseRequest { Worker = runner.Worker, Queue = options.Queue, Types = runner.Types, TaskId = options.OnlyTaskId, Count = free, Duration = options.LeaseDuration },
            stoppingToken).ConfigureAwait(false);
        foreach (var lease in taken)
        {
            var running = runner.Start(lease, leasedAt);
            _running[running.Token] = running;
            running.Execution = Task.Run(() => RunAsync(running, signal), CancellationToken.None);
        }
    }

    private async Task RunAsync(RunningTask running, Signal signal)
    {
        var givenBack = await runner.RunAsync(running).ConfigureAwait(false);
        _running.TryRemove(running.Token, out _);
        await running.DisposeAsync().ConfigureAwait(false);
        if (!givenBack)
        {
            signal.Set();
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        // A heartbeat also brings word of cancellations: those of this process need not wait for it.
        using var signal = signals.WatchCancellations();
        try
        {
            while (true)
            {
                await signal.WaitAsync(options.LeaseDuration / 3, cancellationToken).ConfigureAwait(false);
                await RenewAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The worker has stopped.
        }
    }

    private async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        var running = _running.Values.ToList();
        if (running.Count == 0)
        {
            return;
        }

        try
        {
            var sent = time.GetTimestamp();
            var renewals = await leases.RenewAsync(running.Select(task => task.Token).ToValueList(), options.LeaseDuration, cancellationToken).ConfigureAwait(false);
            foreach (var (task, renewal) in running.Zip(renewals))
            {
                Heard(task, renewal, sent);
            }
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.HeartbeatFailed(logger, error, running.Count);
        }

        // Nobody could be reached for as long as the lease holds: others may have taken the task.
        running.FindAll(task => time.GetElapsedTime(task.RenewedAt) >= options.LeaseDuration).ForEach(task => task.Stop(TaskStopReason.LeaseLost));
    }

    private static void Heard(RunningTask task, LeaseRenewal renewal, long sent)
    {
        if (renewal.Status != LeaseStatus.Held)
        {
            task.Stop(TaskStopReason.LeaseLost);
            return;
        }

        task.RenewedAt = sent;
        if (renewal.CancelRequested)
        {
            task.Stop(TaskStopReason.CancelRequested);
        }
    }
}
