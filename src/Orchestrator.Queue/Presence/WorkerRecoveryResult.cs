namespace Orchestrator.Queue.Presence;

/// <summary>What a recovery found and did.</summary>
public sealed record WorkerRecoveryResult
{
    /// <summary>The incarnations of workers that were found dead by their lock files.</summary>
    public ValueList<string> DeadWorkers { get; init; } = [];

    /// <summary>The tasks that were taken back from dead workers or because their leases ended.</summary>
    public ValueList<string> ReclaimedTasks { get; init; } = [];

    /// <summary>The tasks that were discarded because their deadline passed before they were started.</summary>
    public ValueList<string> OverdueTasks { get; init; } = [];
}
