using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The worker's side, over a store.</summary>
internal sealed class TaskLeases(ITaskStore store, TaskSignals signals, TaskQueueMetrics metrics) : ITaskLeases
{
    public async ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        return await store.LeaseAsync(request, now, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(outcomes);
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var exchange = await store.EndAsync(outcomes, next, now, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < outcomes.Count; i++)
        {
            if (exchange.Ended[i] == LeaseStatus.Held)
            {
                metrics.Ended(Name(outcomes[i].Kind));
                signals.Changed(outcomes[i].Lease.TaskId);
            }
        }

        return exchange;
    }

    // Nothing to continue with afterwards: where the database can do so, a heartbeat gets through while handlers starve the thread pool.
    public ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = store.GetTimeAsync(cancellationToken);
        return now.IsCompletedSuccessfully
            ? store.RenewAsync(leases, duration, now.Result, cancellationToken)
            : RenewAsync(now.AsTask(), leases, duration, cancellationToken);
    }

    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken) =>
        store.CheckpointAsync(lease, checkpoint, cancellationToken);

    public async ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, CancellationToken cancellationToken)
    {
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        return await store.ReportAsync(lease, progress, lines, now, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken) =>
        store.GetDependenciesAsync(taskId, cancellationToken);

    public async ValueTask<ValueList<string>> ReclaimAsync(string workerId, CancellationToken cancellationToken)
    {
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        return await store.ReclaimAsync(workerId, now, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<ValueList<LeaseRenewal>> RenewAsync(
        Task<DateTimeOffset> now, ValueList<LeaseToken> leases, TimeSpan duration, CancellationToken cancellationToken) =>
        await store.RenewAsync(leases, duration, await now.ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    private static string Name(TaskOutcomeKind kind) => kind switch
    {
        TaskOutcomeKind.Completed => TaskQueueDiagnostics.OutcomeCompleted,
        TaskOutcomeKind.Failed => TaskQueueDiagnostics.OutcomeFailed,
        TaskOutcomeKind.Cancelled => TaskQueueDiagnostics.OutcomeCancelled,
        _ => TaskQueueDiagnostics.OutcomeReleased,
    };
}
