using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>A store that is right but for what a derived one gets wrong: shows that the model finds it. Unsealed for that.</summary>
internal abstract class SpoiledStore(ITaskStore store) : ITaskStore
{
    protected ITaskStore Store { get; } = store;

    public ValueTask InitializeAsync(CancellationToken cancellationToken) => Store.InitializeAsync(cancellationToken);

    public ValueTask<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken) => Store.GetTimeAsync(cancellationToken);

    public virtual ValueTask<ValueList<EnqueueResult>> AddAsync(ValueList<TaskSubmission> submissions, DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.AddAsync(submissions, now, cancellationToken);

    public ValueTask<QueuedTask?> GetAsync(string taskId, CancellationToken cancellationToken) => Store.GetAsync(taskId, cancellationToken);

    public virtual ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.LeaseAsync(request, now, cancellationToken);

    public virtual ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.EndAsync(outcomes, next, now, cancellationToken);

    public ValueTask<ValueList<LeaseRenewal>> RenewAsync(ValueList<LeaseToken> leases, TimeSpan duration, DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.RenewAsync(leases, duration, now, cancellationToken);

    public ValueTask<LeaseStatus> CheckpointAsync(LeaseToken lease, string checkpoint, CancellationToken cancellationToken) =>
        Store.CheckpointAsync(lease, checkpoint, cancellationToken);

    public ValueTask<LeaseStatus> ReportAsync(LeaseToken lease, TaskProgress? progress, ValueList<TaskLogLine> lines, DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.ReportAsync(lease, progress, lines, now, cancellationToken);

    public ValueTask<ValueList<DependencyResult>> GetDependenciesAsync(string taskId, CancellationToken cancellationToken) =>
        Store.GetDependenciesAsync(taskId, cancellationToken);

    public ValueTask<ValueList<string>> ReclaimAsync(string workerId, DateTimeOffset now, CancellationToken cancellationToken) =>
        Store.ReclaimAsync(workerId, now, cancellationToken);

    public ValueTask<ValueList<string>> ReclaimExpiredAsync(DateTimeOffset now, CancellationToken cancellationToken) => Store.ReclaimExpiredAsync(now, cancellationToken);

    public ValueTask<ValueList<string>> DiscardOverdueAsync(DateTimeOffset now, CancellationToken cancellationToken) => Store.DiscardOverdueAsync(now, cancellationToken);

    public ValueTask<DateTimeOffset?> GetNextDueAsync(string queue, DateTimeOffset after, CancellationToken cancellationToken) => Store.GetNextDueAsync(queue, after, cancellationToken);
}

/// <summary>Ends the lease that holds, whatever token is shown.</summary>
internal sealed class StaleTokenStore(ITaskStore store) : SpoiledStore(store)
{
    public override async ValueTask<LeaseExchange> EndAsync(ValueList<TaskOutcome> outcomes, LeaseRequest? next, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var current = new List<TaskOutcome>();
        foreach (var outcome in outcomes)
        {
            var task = await Store.GetAsync(outcome.Lease.TaskId, cancellationToken);
            current.Add(outcome.Kind == TaskOutcomeKind.Completed && task is not null ? TaskOutcome.Completed(outcome.Lease with { LeaseId = task.LeaseId }, outcome.Result) : outcome);
        }

        return await Store.EndAsync([.. current], next, now, cancellationToken);
    }
}

/// <summary>Says that it added all, but leaves the third out.</summary>
internal sealed class ForgetfulStore(ITaskStore store) : SpoiledStore(store)
{
    public override async ValueTask<ValueList<EnqueueResult>> AddAsync(ValueList<TaskSubmission> submissions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var results = await Store.AddAsync(submissions.Take(2).ToValueList(), now, cancellationToken);
        return results.Concat(submissions.Skip(2).Select(submission => new EnqueueResult(EnqueueStatus.Enqueued, submission.Id))).ToValueList();
    }
}

/// <summary>Lets leases hold twice as long, and says otherwise.</summary>
internal sealed class GenerousStore(ITaskStore store) : SpoiledStore(store)
{
    public override async ValueTask<ValueList<TaskLease>> LeaseAsync(LeaseRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var leases = await Store.LeaseAsync(request with { Duration = request.Duration * 2 }, now, cancellationToken);
        return leases.Select(lease => lease with { ExpiresAt = now + request.Duration }).ToValueList();
    }
}
