using System.Data.Common;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The host's transactions, over a store.</summary>
internal sealed class TransactionalTaskQueue(ITaskStore store, ITaskTransactions transactions) : ITransactionalTaskQueue
{
    public async ValueTask<ValueList<EnqueueResult>> EnqueueAsync(
        ValueList<TaskSubmission> submissions, DbTransaction transaction, CancellationToken cancellationToken = default)
    {
        TaskQueue.Check(submissions);
        ArgumentNullException.ThrowIfNull(transaction);
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        return await transactions.AddAsync(TaskQueue.WithTrace(submissions), now, transaction, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, DbTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var ended = await transactions.EndAsync([TaskOutcome.Completed(lease, result)], now, transaction, cancellationToken).ConfigureAwait(false);
        return ended[0];
    }
}
