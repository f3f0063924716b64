namespace Orchestrator.Queue.Workers;

/// <summary>How a handler's work on a task went.</summary>
public sealed record TaskHandlerResult
{
    private TaskHandlerResult()
    {
    }

    /// <summary>How it went.</summary>
    public TaskHandlerStatus Status { get; private init; }

    /// <summary>What a completed task gave, as JSON; <see langword="null"/> for nothing.</summary>
    public string? Result { get; private init; }

    /// <summary>Why it failed; <see langword="null"/> when it did not.</summary>
    public TaskFailure? Failure { get; private init; }

    /// <summary>It is done. Holds even when somebody asked to cancel the task meanwhile.</summary>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <returns>The result.</returns>
    public static TaskHandlerResult Completed(string? result = null) => new() { Status = TaskHandlerStatus.Completed, Result = result };

    /// <summary>It did not work. After a request to cancel, the task ends as cancelled, with the failure's <see cref="TaskFailure.Result"/>.</summary>
    /// <param name="failure">Why.</param>
    /// <returns>The result.</returns>
    public static TaskHandlerResult Failed(TaskFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new() { Status = TaskHandlerStatus.Failed, Failure = failure };
    }

    /// <summary>It was given back unharmed: another worker may do it, and the attempt is not counted.</summary>
    /// <returns>The result.</returns>
    public static TaskHandlerResult Released() => new() { Status = TaskHandlerStatus.Released };
}

/// <summary>How a handler's work went.</summary>
public enum TaskHandlerStatus
{
    /// <summary>Done.</summary>
    Completed = 0,

    /// <summary>Did not work.</summary>
    Failed,

    /// <summary>Given back.</summary>
    Released,
}
