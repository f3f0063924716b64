using Orchestrator.Storage;

namespace Orchestrator.Queue.Schedules;

/// <summary>Schedules, over a store.</summary>
internal sealed class TaskSchedules(ITaskScheduleStore store, ITaskStore tasks, ScheduleWake wake) : ITaskSchedules
{
    public async ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        _ = new ScheduleTimes(schedule, default); // Wrong ones are refused before anything is read.

        var now = await tasks.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var existing = await store.GetAsync(schedule.Id, cancellationToken).ConfigureAwait(false);

        // Times that passed while it was paused are not made up for.
        var goesOn = existing is not null && ScheduleTimes.AreSame(existing.Schedule, schedule) && (schedule.IsPaused || !existing.Schedule.IsPaused);
        var next = goesOn ? existing!.NextAt : new ScheduleTimes(schedule, existing?.CreatedAt ?? now).Next(now);
        var status = await store.PutAsync(schedule, next, now, cancellationToken).ConfigureAwait(false);
        wake.Set();
        return status;
    }

    public ValueTask<ScheduleStatus?> GetAsync(string scheduleId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return store.GetAsync(scheduleId, cancellationToken);
    }

    public ValueTask<ValueList<ScheduleStatus>> ListAsync(CancellationToken cancellationToken = default) => store.ListAsync(cancellationToken);

    public ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheduleId);
        return store.RemoveAsync(scheduleId, cancellationToken);
    }
}
