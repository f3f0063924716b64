using Orchestrator.Queue;
using Orchestrator.Queue.Plans;

namespace Orchestrator.Storage;

/// <summary>Plans in the store of <see cref="ITaskStore"/>. Their tasks are tasks like any other; what depends on one moves in the transaction that ends it.</summary>
/// <remarks>Thread-safe, also between processes on the same database. Every method throws <see cref="StorageException"/> when the database cannot be used.</remarks>
public interface ITaskPlanStore
{
    /// <summary>Adds all tasks of a plan, or none. The plan was checked: no cycle, no unknown dependency.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the plan is new.</returns>
    /// <exception cref="StorageException">A task's id or deduplication key is taken: <see cref="StorageErrorCodes.PlanConflict"/>; nothing was added.</exception>
    ValueTask<EnqueueStatus> AddAsync(TaskPlan plan, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>A plan with its tasks.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The plan; <see langword="null"/> when there is none.</returns>
    ValueTask<PlanStatus?> GetAsync(string planId, CancellationToken cancellationToken);

    /// <summary>Plans, the newest first, without their tasks.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The plans.</returns>
    ValueTask<ValueList<PlanStatus>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Cancels every task of a plan that has not ended; asks the workers of those that run.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> CancelAsync(string planId, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Decides a gate whose turn has come: completed, or discarded with <see cref="TaskFailureCodes.GateRejected"/>.</summary>
    /// <param name="taskId">The gate.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it.</returns>
    ValueTask<TaskChangeStatus> DecideAsync(string taskId, GateDecision decision, DateTimeOffset now, CancellationToken cancellationToken);
}
