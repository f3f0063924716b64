namespace Orchestrator.Storage;

/// <summary>Limits that every store keeps.</summary>
public static class TaskStoreLimits
{
    /// <summary>How often a worker may die while it holds a task; with one more crash the task is discarded.</summary>
    public const int MaxCrashes = 3;

    /// <summary>The largest result and checkpoint, in characters: 4 Mi. Larger ones are refused with <see cref="StorageErrorCodes.TooLarge"/>: store them apart and refer to them.</summary>
    public const int MaxResultLength = 4 * 1024 * 1024;

    /// <summary>How many log lines are kept of a task, the latest.</summary>
    public const int MaxLogLines = 10_000;

    /// <summary>The longest log line, in characters; longer ones are cut.</summary>
    public const int MaxLogLineLength = 8_000;

    /// <summary>The longest message of a progress, in characters; longer ones are cut.</summary>
    public const int MaxProgressLength = 2_000;

    /// <summary>For how long a waiting task must wait to catch up with one of a priority higher by one, unless its queue's settings say otherwise.</summary>
    public static readonly TimeSpan DefaultAgeing = TimeSpan.FromMinutes(1);
}
