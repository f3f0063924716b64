namespace Orchestrator.Queue.Schedules;

/// <summary>Schedules: tasks that come back.</summary>
/// <remarks>Thread-safe. However many processes work on one database, each time is enqueued once.</remarks>
public interface ITaskSchedules
{
    /// <summary>Adds a schedule, or replaces the one of the same id; the next time is computed anew only when its times changed.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The schedule as it stands.</returns>
    /// <exception cref="ArgumentException">Neither or both of cron and interval are given, or the expression is wrong; the message shows the place.</exception>
    ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, CancellationToken cancellationToken = default);

    /// <summary>One schedule.</summary>
    /// <param name="scheduleId">The schedule.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The schedule; <see langword="null"/> when there is none.</returns>
    ValueTask<ScheduleStatus?> GetAsync(string scheduleId, CancellationToken cancellationToken = default);

    /// <summary>All schedules, by id.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The schedules.</returns>
    ValueTask<ValueList<ScheduleStatus>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a schedule; tasks that it enqueued stay.</summary>
    /// <param name="scheduleId">The schedule.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken = default);
}
