using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The worker's side, over a store.</summary>
internal sealed class TaskLeases(ITaskStore store, TaskQueueOptions options, TaskSignals signals, TaskQueueMetrics metrics, TimeProvider time) : ITaskLeases
{
    public ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken) =>
        store.LeaseAsync(request, time.GetUtcNow(), cancellationToken);

    public ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        store.RenewAsync(leases, duration, time.GetUtcNow(), cancellationToken);

    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken) =>
        store.CheckpointAsync(lease, checkpoint, cancellationToken);

    public async ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, CancellationToken cancellationToken) =>
        Ended(lease, await store.CompleteAsync(lease, result, time.GetUtcNow(), cancellationToken).ConfigureAwait(false), TaskQueueDiagnostics.OutcomeCompleted);

    public async ValueTask<LeaseStatus> FailAsync(LeaseToken lease, TaskFailure failure, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(failure);
        var task = await store.GetAsync(lease.TaskId, cancellationToken).ConfigureAwait(false);
        var status = await store.FailAsync(lease, failure, Backoff(task?.Attempt ?? 1), time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        return Ended(lease, status, TaskQueueDiagnostics.OutcomeFailed);
    }

    public async ValueTask<LeaseStatus> ReleaseAsync(LeaseToken lease, CancellationToken cancellationToken) =>
        Ended(lease, await store.ReleaseAsync(lease, time.GetUtcNow(), cancellationToken).ConfigureAwait(false), TaskQueueDiagnostics.OutcomeReleased);

    public async ValueTask<LeaseStatus> CancelledAsync(LeaseToken lease, string? result, CancellationToken cancellationToken) =>
        Ended(lease, await store.CancelledAsync(lease, result, time.GetUtcNow(), cancellationToken).ConfigureAwait(false), TaskQueueDiagnostics.OutcomeCancelled);

    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken) =>
        store.ReclaimAsync(workerId, time.GetUtcNow(), cancellationToken);

    private LeaseStatus Ended(LeaseToken lease, LeaseStatus status, string outcome)
    {
        if (status == LeaseStatus.Held)
        {
            metrics.Ended(outcome);
            signals.Changed(lease.TaskId);
        }

        return status;
    }

    private TimeSpan Backoff(int attempt)
    {
        var factor = Math.Pow(2, Math.Clamp(attempt - 1, 0, 60));
        var delay = options.RetryDelay.TotalMilliseconds * factor;
        return delay < options.MaxRetryDelay.TotalMilliseconds ? TimeSpan.FromMilliseconds(delay) : options.MaxRetryDelay;
    }
}
