namespace Orchestrator.Storage;

/// <summary>Limits that every store keeps.</summary>
public static class TaskStoreLimits
{
    /// <summary>How often a worker may die while it holds a task; with one more crash the task is discarded.</summary>
    public const int MaxCrashes = 3;
}
