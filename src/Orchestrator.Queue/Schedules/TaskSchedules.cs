using Microsoft.Extensions.Logging;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Schedules;

/// <summary>Schedules, over a store.</summary>
internal sealed class TaskSchedules(ITaskScheduleStore store, ITaskStore tasks, ScheduleWake wake, ILogger<TaskSchedules> logger) : ITaskSchedules
{
    public async ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        schedule = ScheduleTimes.InMilliseconds(schedule);
        _ = new ScheduleTimes(schedule, default); // Wrong ones are refused before anything is read.

        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var existing = (await store.GetAsync(schedule.Id, cancellationToken).ConfigureAwait(false))?.Status;

        // Times that passed while it was paused are not made up for.
        var goesOn = existing is not null && ScheduleTimes.AreSame(existing.Schedule, schedule) && (schedule.IsPaused || !existing.Schedule.IsPaused);
        var next = goesOn ? existing!.NextAt : new ScheduleTimes(schedule, existing?.CreatedAt ?? now).Next(now);
        var status = await store.PutAsync(schedule, next, now, cancellationToken).ConfigureAwait(false);
        wake.Set();
        return status;
    }

    public async ValueTask<ScheduleStatus?> GetAsync(string scheduleId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        var found = await store.GetAsync(scheduleId, cancellationToken).ConfigureAwait(false);
        return found is null or { Status: not null } ? found?.Status : throw new StorageException(
            StorageErrorCodes.Unreadable, $"Schedule '{scheduleId}' cannot be read: {found.Problem}. Put it again, or remove it.");
    }

    public async ValueTask<ValueList<ScheduleStatus>> ListAsync(CancellationToken cancellationToken = default)
    {
        var readable = new List<ScheduleStatus>();
        foreach (var found in await store.ListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (found.Status is { } status)
            {
                readable.Add(status);
            }
            else
            {
                ScheduleLog.ScheduleUnreadable(logger, found.Id, found.Problem);
            }
        }

        return readable.ToValueList();
    }

    public ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return store.RemoveAsync(scheduleId, cancellationToken);
    }
}
