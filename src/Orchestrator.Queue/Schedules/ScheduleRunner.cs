using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Schedules;

/// <summary>Enqueues what schedules say, at their time. Any number of processes may do so on one database: each time is enqueued once.</summary>
internal sealed class ScheduleRunner(
    ITaskScheduleStore schedules, ITaskStore tasks, TaskScheduleOptions options, TaskSignals signals, ScheduleWake wake, TaskQueueMetrics metrics, ILogger<ScheduleRunner> logger)
    : BackgroundService
{
    private const int Batch = 1000;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    /// <summary>Enqueues what is due now.</summary>
    /// <returns>How long to wait for the next time, at most until the next poll.</returns>
    public async ValueTask<TimeSpan> RunDueAsync(CancellationToken cancellationToken)
    {
        var broken = new HashSet<string>(StringComparer.Ordinal);
        while (await ListDueAsync(broken, cancellationToken).ConfigureAwait(false) is { Count: > 0 } due)
        {
            foreach (var schedule in due)
            {
                if (!await TryFireAsync(schedule, cancellationToken).ConfigureAwait(false))
                {
                    broken.Add(schedule.Id);
                }
            }
        }

        var next = broken.Count == 0
            ? await schedules.GetNextAsync(cancellationToken).ConfigureAwait(false)
            : (await schedules.ListAsync(cancellationToken).ConfigureAwait(false)).Where(schedule => !broken.Contains(schedule.Id)).Min(schedule => schedule.NextAt);
        var wait = next - await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        return wait is not { } some || some > options.PollInterval ? options.PollInterval : some < ShortestWait ? ShortestWait : some;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var wait = await LookAsync(stoppingToken).ConfigureAwait(false);
                await wake.WaitAsync(wait, signals.Time, stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    // The edge of the loop: a database that cannot be reached now is asked again at the next poll.
    private async ValueTask<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RunDueAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            ScheduleLog.SchedulesNotRead(logger, error);
            return options.PollInterval;
        }
    }

    private async ValueTask<List<StoredSchedule>> ListDueAsync(HashSet<string> broken, CancellationToken cancellationToken)
    {
        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var due = await schedules.ListDueAsync(now, Batch + broken.Count, cancellationToken).ConfigureAwait(false); // Broken ones stay due, and first.
        return [.. due.Where(schedule => !broken.Contains(schedule.Id))];
    }

    // One that breaks, or cannot even be read, does not stop the others; it is tried again with the next look.
    private async ValueTask<bool> TryFireAsync(StoredSchedule due, CancellationToken cancellationToken)
    {
        if (due.Status is not { } status)
        {
            ScheduleLog.ScheduleUnreadable(logger, due.Id, due.Problem);
            return false;
        }

        try
        {
            await FireAsync(status, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            ScheduleLog.ScheduleFailed(logger, error, due.Id);
            return false;
        }
    }

    private async ValueTask FireAsync(ScheduleStatus due, CancellationToken cancellationToken)
    {
        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var firing = ScheduleFiring.Of(due, now, options.MisfireTolerance);
        if (!await schedules.FireAsync(due, firing.Tasks, firing.Next, now, cancellationToken).ConfigureAwait(false))
        {
            return; // Another process did.
        }

        var schedule = due.Schedule;
        if (firing.Missed && !schedule.IsPaused)
        {
            ScheduleLog.ScheduleMissed(logger, schedule.Id, due.NextAt!.Value, schedule.Misfire, firing.Tasks.Count);
        }

        foreach (var task in firing.Tasks)
        {
            ScheduleLog.ScheduleFired(logger, schedule.Id, task.Id);
            metrics.Enqueued(task.Queue, task.Type);
        }

        signals.Available(schedule.Task.Queue);
    }
}
