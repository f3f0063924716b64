using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;

namespace Orchestrator.Queue.Workers;

/// <summary>One heartbeat on its way: renews leases, and stores what handlers reported.</summary>
internal sealed class Heartbeat
{
    private readonly List<RunningTask> _tasks;
    private readonly Task<ValueList<LeaseRenewal>> _renewal;
    private readonly long _sent;
    private readonly ILogger<TaskWorker> _logger;

    private Heartbeat(List<RunningTask> tasks, Task<ValueList<LeaseRenewal>> renewal, long sent, ILogger<TaskWorker> logger) =>
        (_tasks, _renewal, _sent, _logger) = (tasks, renewal, sent, logger);

    public bool IsCompleted => _renewal.IsCompleted;

    /// <summary>Set, without the help of the thread pool, when the renewal is over.</summary>
    public WaitHandle Completed => ((IAsyncResult)_renewal).AsyncWaitHandle;

    /// <returns><see langword="null"/> when there is nothing to renew.</returns>
    public static Heartbeat? Send(ITaskLeases leases, RunningTask[] held, TimeSpan duration, TimeProvider time, ILogger<TaskWorker> logger)
    {
        // A lost lease is left to end, so that others get the task.
        var tasks = held.Where(static task => !task.IsLost).ToList();
        if (tasks.Count == 0)
        {
            return null;
        }

        var sent = time.GetTimestamp();
        Task<ValueList<LeaseRenewal>> renewal;
        try
        {
            renewal = leases.RenewAsync(tasks.Select(static task => task.Token).ToValueList(), duration, CancellationToken.None).AsTask();
        }
        catch (Exception error)
        {
            renewal = Task.FromException<ValueList<LeaseRenewal>>(error);
        }

        foreach (var task in tasks.Where(static task => task.Context.HasUnstored))
        {
            _ = FlushAsync(task, logger); // Never throws; the task's end waits for it.
        }

        return new Heartbeat(tasks, renewal, sent, logger);
    }

    /// <summary>Passes on what was heard.</summary>
    /// <returns>Whether the heartbeat got through.</returns>
    public bool Finish()
    {
        if (!_renewal.IsCompletedSuccessfully)
        {
            Log.HeartbeatFailed(_logger, _renewal.Exception?.InnerException ?? new OperationCanceledException(), _tasks.Count);
            return false;
        }

        foreach (var (task, renewal) in _tasks.Zip(_renewal.Result))
        {
            if (renewal.Status != LeaseStatus.Held)
            {
                task.Stop(TaskStopReason.LeaseLost);
                continue;
            }

            task.RenewedAt = _sent;
            if (renewal.CancelRequested)
            {
                task.Stop(TaskStopReason.CancelRequested);
            }
            else if (renewal.ReleaseRequested)
            {
                task.Stop(TaskStopReason.Draining);
            }
        }

        return true;
    }

    private static async Task FlushAsync(RunningTask task, ILogger<TaskWorker> logger)
    {
        try
        {
            await task.Context.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.ReportDelayed(logger, error, task.Token.TaskId);
        }
    }
}
