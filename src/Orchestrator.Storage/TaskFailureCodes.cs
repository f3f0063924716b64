using Orchestrator.Queue;

namespace Orchestrator.Storage;

/// <summary>The codes of failures that a store itself gives to tasks, see <see cref="TaskFailure.Code"/>.</summary>
public static class TaskFailureCodes
{
    /// <summary>Its worker died too often while it held the task.</summary>
    public const string WorkerCrashed = "worker_crashed";

    /// <summary>Its deadline passed before it was started.</summary>
    public const string DeadlinePassed = "deadline_passed";

    /// <summary>The tasks of its plan that it depends on ended so that it cannot run any more.</summary>
    public const string DependencyUnmet = "dependency_unmet";

    /// <summary>A person rejected the gate.</summary>
    public const string GateRejected = "gate_rejected";
}
