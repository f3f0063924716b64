using Orchestrator.Queue;
using Orchestrator.Queue.Schedules;

namespace Orchestrator.Storage;

/// <summary>Schedules in the store of <see cref="ITaskStore"/>.</summary>
/// <remarks>Thread-safe, also between processes on the same database. Every method throws <see cref="StorageException"/> when the database cannot be used.</remarks>
public interface ITaskScheduleStore
{
    /// <summary>Adds a schedule, or replaces the one of the same id.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="nextAt">When it enqueues next; <see langword="null"/> when never.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The schedule as it stands.</returns>
    ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>One schedule.</summary>
    /// <param name="scheduleId">The schedule.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The schedule, perhaps one that cannot be read; <see langword="null"/> when there is none.</returns>
    ValueTask<StoredSchedule?> GetAsync(string scheduleId, CancellationToken cancellationToken);

    /// <summary>All schedules, by id, those too that cannot be read.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The schedules.</returns>
    ValueTask<ValueList<StoredSchedule>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Schedules whose time has come, paused ones and those that cannot be read too, the earliest first.</summary>
    /// <param name="now">The time.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The schedules.</returns>
    ValueTask<ValueList<StoredSchedule>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>When the earliest schedule enqueues next.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The time; <see langword="null"/> when none will.</returns>
    ValueTask<DateTimeOffset?> GetNextAsync(CancellationToken cancellationToken);

    /// <summary>Enqueues a schedule's tasks and moves it on, in one transaction, unless somebody else did: then nothing happens.</summary>
    /// <param name="due">The schedule as it was read; its <see cref="ScheduleStatus.NextAt"/> must still be the same.</param>
    /// <param name="tasks">The tasks; one whose id or key is taken is left out.</param>
    /// <param name="nextAt">When it enqueues next; <see langword="null"/> when never again.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether it was done here.</returns>
    ValueTask<bool> FireAsync(ScheduleStatus due, ValueList<TaskSubmission> tasks, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes a schedule.</summary>
    /// <param name="scheduleId">The schedule.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken);
}
