using Orchestrator.Queue.Schedules;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Schedules;

/// <summary>A store in which one schedule cannot be fired.</summary>
internal sealed class BreakingScheduleStore(ITaskScheduleStore inner, string broken) : ITaskScheduleStore
{
    public ValueTask<ScheduleStatus> PutAsync(TaskSchedule schedule, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.PutAsync(schedule, nextAt, now, cancellationToken);

    public ValueTask<StoredSchedule?> GetAsync(string scheduleId, CancellationToken cancellationToken) => inner.GetAsync(scheduleId, cancellationToken);

    public ValueTask<ValueList<StoredSchedule>> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

    public ValueTask<ValueList<StoredSchedule>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => inner.ListDueAsync(now, limit, cancellationToken);

    public ValueTask<DateTimeOffset?> GetNextAsync(CancellationToken cancellationToken) => inner.GetNextAsync(cancellationToken);

    public ValueTask<bool> FireAsync(ScheduleStatus due, ValueList<TaskSubmission> tasks, DateTimeOffset? nextAt, DateTimeOffset now, CancellationToken cancellationToken) =>
        due.Schedule.Id == broken ? throw new StorageException(StorageErrorCodes.Failed, "It breaks.") : inner.FireAsync(due, tasks, nextAt, now, cancellationToken);

    public ValueTask<bool> RemoveAsync(string scheduleId, CancellationToken cancellationToken) => inner.RemoveAsync(scheduleId, cancellationToken);
}
