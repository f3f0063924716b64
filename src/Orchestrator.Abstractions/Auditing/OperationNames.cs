namespace Orchestrator.Auditing;

/// <summary>The names of operations that the family itself logs. Hosts may add their own.</summary>
public static class OperationNames
{
    /// <summary>A task was put into the queue.</summary>
    public const string TaskEnqueued = "task.enqueued";

    /// <summary>A worker took the lease of a task.</summary>
    public const string TaskLeased = "task.leased";

    /// <summary>A task reached its final state.</summary>
    public const string TaskFinished = "task.finished";

    /// <summary>A task was made to repair another one.</summary>
    public const string TaskRemediation = "task.remediation";

    /// <summary>What a dead process left was taken back or cleaned up.</summary>
    public const string TaskRecovered = "task.recovered";

    /// <summary>The router decided.</summary>
    public const string RoutingDecided = "routing.decided";

    /// <summary>A provider began an attempt.</summary>
    public const string ExecutionStarted = "execution.started";

    /// <summary>A provider ended an attempt.</summary>
    public const string ExecutionFinished = "execution.finished";

    /// <summary>The changes of an attempt were collected.</summary>
    public const string PatchCollected = "patch.collected";

    /// <summary>A patch set was applied or refused.</summary>
    public const string PatchApplied = "patch.applied";

    /// <summary>A patch set was taken back.</summary>
    public const string PatchReverted = "patch.reverted";

    /// <summary>The verify command ran.</summary>
    public const string Verified = "verification.finished";
}
