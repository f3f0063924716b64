using System.Data.Common;
using Orchestrator.Queue;

namespace Orchestrator.Storage;

/// <summary>Adds and ends tasks inside a transaction that the host began on this database, so that its own rows and our tasks commit together or not at all.</summary>
/// <remarks>
/// The transaction must be one of the engine's own driver, on the same database, which was opened by <see cref="ITaskStore.InitializeAsync"/> before. It is neither
/// committed nor rolled back here. Workers hear of added tasks with their next look, as nobody can know when the host commits.
/// </remarks>
public interface ITaskTransactions
{
    /// <summary>Adds tasks, see <see cref="ITaskStore.AddAsync"/>.</summary>
    /// <param name="submissions">The tasks.</param>
    /// <param name="now">The time.</param>
    /// <param name="transaction">The host's transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One result for each task.</returns>
    /// <exception cref="ArgumentException">The transaction is of another driver or database, or is over.</exception>
    ValueTask<ValueList<EnqueueResult>> AddAsync(ValueList<TaskSubmission> submissions, DateTimeOffset now, DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Ends leases, see <see cref="ITaskStore.EndAsync"/>. When a lease is lost, the host must roll back what it did under it.</summary>
    /// <param name="outcomes">How the work under each lease ended.</param>
    /// <param name="now">The time.</param>
    /// <param name="transaction">The host's transaction.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether each lease held.</returns>
    /// <exception cref="ArgumentException">The transaction is of another driver or database, or is over.</exception>
    ValueTask<ValueList<LeaseStatus>> EndAsync(ValueList<TaskOutcome> outcomes, DateTimeOffset now, DbTransaction transaction, CancellationToken cancellationToken);
}
