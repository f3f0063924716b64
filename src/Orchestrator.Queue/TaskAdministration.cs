using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The operator's side, over a store.</summary>
internal sealed class TaskAdministration(ITaskStore store, ITaskOperations operations, TaskQueueOptions options, TaskSignals signals) : ITaskAdministration
{
    private const int MaxRows = 10_000;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    public ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken = default) => store.GetAsync(taskId, cancellationToken);

    public ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        return operations.ListAsync(query, cancellationToken);
    }

    public ValueTask<ValueList<TaskAttempt>> GetAttemptsAsync(string taskId, CancellationToken cancellationToken = default) =>
        operations.GetAttemptsAsync(taskId, cancellationToken);

    public ValueTask<ValueList<TaskLogLine>> GetLogAsync(string taskId, long after = 0, int limit = 1000, CancellationToken cancellationToken = default)
    {
        CheckLimit(limit);
        return operations.GetLogAsync(taskId, after, limit, cancellationToken);
    }

    public ValueTask<ValueList<TaskEvent>> GetEventsAsync(long after = 0, int limit = 1000, string? taskId = null, CancellationToken cancellationToken = default)
    {
        CheckLimit(limit);
        return operations.GetEventsAsync(after, limit, taskId, cancellationToken);
    }

    public async ValueTask<ValueList<TaskWait>> ExplainAsync(string taskId, CancellationToken cancellationToken = default) =>
        await operations.ExplainAsync(taskId, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    public async ValueTask<TaskChangeStatus> CancelAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var status = await operations.CancelAsync(taskId, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (status == TaskChangeStatus.Requested)
        {
            signals.CancelRequested();
        }
        else if (status == TaskChangeStatus.Changed)
        {
            signals.Changed(taskId);
            signals.AvailableEverywhere(); // What depended on it in a plan may run now.
        }

        return status;
    }

    public async ValueTask<TaskChangeStatus> RetryAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var statuses = await RetryAsync([taskId], cancellationToken).ConfigureAwait(false);
        return statuses[0];
    }

    public async ValueTask<ValueList<string>> RetryAsync(TaskQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var state = query.State ?? QueuedTaskState.Discarded;
        if (state is not (QueuedTaskState.Discarded or QueuedTaskState.Cancelled))
        {
            throw new ArgumentException($"Only discarded or cancelled tasks can be retried, not {state} ones.", nameof(query));
        }

        var found = await operations.ListAsync(query with { State = state }, cancellationToken).ConfigureAwait(false);
        var ids = found.Reverse().Select(task => task.Id).ToValueList(); // Listed newest first; the oldest goes first.
        if (ids.Count == 0)
        {
            return [];
        }

        var statuses = await RetryAsync(ids, cancellationToken).ConfigureAwait(false);
        return ids.Where((_, i) => statuses[i] == TaskChangeStatus.Changed).ToValueList();
    }

    public ValueTask<TaskChangeStatus> DeleteAsync(string taskId, CancellationToken cancellationToken = default) => operations.DeleteAsync(taskId, cancellationToken);

    public async ValueTask<TaskChangeStatus> ReprioritizeAsync(string taskId, int priority, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(priority, -100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, 100);
        return await operations.ReprioritizeAsync(taskId, priority, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<QueueStatistics> GetStatisticsAsync(string? queue = null, CancellationToken cancellationToken = default) =>
        operations.GetStatisticsAsync(queue, cancellationToken);

    public ValueTask<ValueList<QueueStatus>> GetQueuesAsync(CancellationToken cancellationToken = default) => operations.GetQueuesAsync(cancellationToken);

    public async ValueTask SetQueueAsync(QueueSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await operations.SetQueueAsync(settings, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        signals.Available(settings.Queue);
    }

    public async ValueTask SetLimitsAsync(QueueSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await operations.SetLimitsAsync(settings, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        signals.Available(settings.Queue);
    }

    public async ValueTask SetGroupAsync(GroupSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        await operations.SetGroupAsync(settings, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        signals.Available(settings.Queue);
    }

    public async ValueTask PauseAsync(string queue, bool isPaused = true, CancellationToken cancellationToken = default)
    {
        CheckQueue(queue);
        await operations.PauseAsync(queue, isPaused, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        signals.Available(queue);
    }

    public async ValueTask DrainAsync(string queue, TimeSpan patience, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(patience, TimeSpan.Zero);
        await PauseAsync(queue, isPaused: true, cancellationToken).ConfigureAwait(false);
        using var signal = signals.WatchEnds();
        var begun = signals.Time.GetTimestamp();
        long? swept = null;
        while ((await operations.GetStatisticsAsync(queue, cancellationToken).ConfigureAwait(false)).Running > 0)
        {
            if (swept is null || signals.Time.GetElapsedTime(swept.Value) >= SweepEvery)
            {
                // What dead workers left would be waited for in vain when no worker is there to take it back.
                swept = signals.Time.GetTimestamp();
                await ReclaimExpiredAsync(cancellationToken).ConfigureAwait(false);
            }

            // Also what was leased in the moment of pausing.
            var left = patience - signals.Time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero && await operations.RequestReleaseAsync(queue, cancellationToken).ConfigureAwait(false) > 0)
            {
                signals.CancelRequested();
            }

            var wait = left <= TimeSpan.Zero || left > options.WaitPollInterval ? options.WaitPollInterval : left;
            await signal.WaitAsync(wait, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask ReclaimExpiredAsync(CancellationToken cancellationToken)
    {
        var reclaimed = await store.ReclaimExpiredAsync(await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        foreach (var task in reclaimed)
        {
            signals.Changed(task);
        }

        if (reclaimed.Count > 0)
        {
            signals.AvailableEverywhere();
        }
    }

    private static void CheckLimit(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxRows);
    }

    private static void CheckQueue(string queue)
    {
        if (!Identifiers.IsName(queue))
        {
            throw new ArgumentException("The name of a queue is 1 to 128 ASCII letters, digits, '.', '_' or '-'.", nameof(queue));
        }
    }

    private ValueTask<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => store.GetTimeAsync(cancellationToken);

    private async ValueTask<ValueList<TaskChangeStatus>> RetryAsync(ValueList<string> taskIds, CancellationToken cancellationToken)
    {
        var statuses = await operations.RetryAsync(taskIds, await NowAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (statuses.Contains(TaskChangeStatus.Changed))
        {
            signals.AvailableEverywhere();
        }

        return statuses;
    }
}
