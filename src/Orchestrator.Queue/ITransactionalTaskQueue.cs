using System.Data.Common;

namespace Orchestrator.Queue;

/// <summary>Enqueues and completes tasks inside a transaction that the host began on the queue's database: its own rows and our tasks commit together, or not at all.</summary>
/// <remarks>
/// Thread-safe, as far as the host's transaction is. The transaction is neither committed nor rolled back here. Workers find such tasks with their next look,
/// as nobody knows when the host commits; where the database can tell, that is within milliseconds.
/// </remarks>
public interface ITransactionalTaskQueue
{
    /// <summary>Puts tasks into the queue when the host's transaction commits.</summary>
    /// <param name="submissions">The tasks, up to 10,000.</param>
    /// <param name="transaction">The host's transaction, of the driver of the queue's database.</param>
    /// <param name="cancellationToken">Gives up; the host then rolls back.</param>
    /// <returns>One result for each task, in the same order, valid once the transaction is committed.</returns>
    /// <exception cref="ArgumentException">There are too many, or the transaction is of another driver or database, or is over.</exception>
    ValueTask<ValueList<EnqueueResult>> EnqueueAsync(ValueList<TaskSubmission> submissions, DbTransaction transaction, CancellationToken cancellationToken = default);

    /// <summary>Completes a leased task when the host's transaction commits.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <param name="transaction">The host's transaction.</param>
    /// <param name="cancellationToken">Gives up; the host then rolls back.</param>
    /// <returns>Whether the lease held. When it was lost, the host must roll back what it did under it.</returns>
    /// <exception cref="ArgumentException">The transaction is of another driver or database, or is over.</exception>
    ValueTask<LeaseStatus> CompleteAsync(LeaseToken lease, string? result, DbTransaction transaction, CancellationToken cancellationToken = default);
}
