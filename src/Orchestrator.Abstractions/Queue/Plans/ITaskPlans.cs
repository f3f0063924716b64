namespace Orchestrator.Queue.Plans;

/// <summary>Plans: tasks with dependencies.</summary>
/// <remarks>Thread-safe. When a task ends, what depends on it is made available or cancelled in the same transaction.</remarks>
public interface ITaskPlans
{
    /// <summary>Adds all tasks of a plan, or none.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether the plan is new; a plan with the same id changes nothing.</returns>
    /// <exception cref="ArgumentException">The plan has a cycle, an unknown dependency, two tasks of one id, no task or too many; the message names them.</exception>
    /// <exception cref="OrchestratorException">A task's id or deduplication key is taken: code <c>queue.plan_conflict</c>; nothing was added.</exception>
    ValueTask<EnqueueStatus> AddAsync(TaskPlan plan, CancellationToken cancellationToken = default);

    /// <summary>A plan with its tasks.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The plan; <see langword="null"/> when there is none.</returns>
    ValueTask<PlanStatus?> GetAsync(string planId, CancellationToken cancellationToken = default);

    /// <summary>Plans, the newest first, without their tasks.</summary>
    /// <param name="limit">At most so many, from 1 to 1000.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The plans.</returns>
    ValueTask<ValueList<PlanStatus>> ListAsync(int limit = 50, CancellationToken cancellationToken = default);

    /// <summary>Cancels every task of a plan that has not ended; asks the workers of those that run.</summary>
    /// <param name="planId">The plan.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>What came of it: <see cref="TaskChangeStatus.Requested"/> when tasks run.</returns>
    ValueTask<TaskChangeStatus> CancelAsync(string planId, CancellationToken cancellationToken = default);

    /// <summary>Decides a gate whose turn has come.</summary>
    /// <param name="taskId">The gate.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns><see cref="TaskChangeStatus.WrongState"/> when its turn has not come, it is decided, or it is no gate.</returns>
    ValueTask<TaskChangeStatus> DecideAsync(string taskId, GateDecision decision, CancellationToken cancellationToken = default);
}
