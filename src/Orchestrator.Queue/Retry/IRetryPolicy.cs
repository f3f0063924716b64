namespace Orchestrator.Queue.Retry;

/// <summary>Decides when a failed attempt is tried again. Register your own before <c>AddTaskQueue</c> to replace the one that <see cref="TaskRetryOptions"/> describe.</summary>
/// <remarks>Thread-safe; called by workers for every failed attempt, without a look into the database.</remarks>
public interface IRetryPolicy
{
    /// <summary>Decides.</summary>
    /// <param name="task">The task as it was leased; its <see cref="QueuedTask.Attempt"/> is the one that failed, from 1.</param>
    /// <param name="failure">Why it failed. <see cref="TaskFailure.RetryAfter"/> holds beside the decision when it is longer.</param>
    /// <returns>What to do.</returns>
    RetryDecision Decide(QueuedTask task, TaskFailure failure);
}
