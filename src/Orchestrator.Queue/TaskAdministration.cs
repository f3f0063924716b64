using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The operator's side, over a store.</summary>
internal sealed class TaskAdministration(ITaskStore store, TaskSignals signals, TimeProvider time) : ITaskAdministration
{
    public ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken = default) => store.GetAsync(taskId, cancellationToken);

    public ValueTask<ValueList<QueuedTask>> ListAsync(TaskQuery query, CancellationToken cancellationToken = default) => store.ListAsync(query, cancellationToken);

    public async ValueTask<TaskChangeStatus> CancelAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var status = await store.CancelAsync(taskId, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (status == TaskChangeStatus.Requested)
        {
            signals.CancelRequested();
        }
        else
        {
            signals.Changed(taskId);
        }

        return status;
    }

    public async ValueTask<TaskChangeStatus> RetryAsync(string taskId, CancellationToken cancellationToken = default)
    {
        var status = await store.RetryAsync(taskId, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (status == TaskChangeStatus.Changed && await store.GetAsync(taskId, cancellationToken).ConfigureAwait(false) is { } task)
        {
            signals.Available(task.Queue);
        }

        return status;
    }

    public ValueTask<QueueStatistics> GetStatisticsAsync(string? queue = null, CancellationToken cancellationToken = default) =>
        store.GetStatisticsAsync(queue, cancellationToken);
}
