namespace Orchestrator.Queue.Workers;

/// <summary>How a handler's work on a task went.</summary>
public sealed record TaskHandlerResult
{
    private static readonly TaskHandlerResult Empty = new();

    private TaskHandlerResult()
    {
    }

    /// <summary>How it went.</summary>
    public TaskHandlerStatus Status { get; private init; }

    /// <summary>What a completed task gave, as JSON; <see langword="null"/> for nothing.</summary>
    public string? Result { get; private init; }

    /// <summary>Why it failed; <see langword="null"/> when it did not.</summary>
    public TaskFailure? Failure { get; private init; }

    /// <summary>How long a task that was given back waits at least before a worker takes it again.</summary>
    public TimeSpan Backoff { get; private init; }

    /// <summary>It is done. Holds even when somebody asked to cancel the task meanwhile.</summary>
    /// <param name="result">What it gave, as JSON; <see langword="null"/> for nothing.</param>
    /// <returns>The result.</returns>
    public static TaskHandlerResult Completed(string? result = null) => result is null ? Empty : new() { Result = result };

    /// <summary>
    /// It is done, and the handler ended the task itself in a transaction of its own that was committed, see <see cref="ITransactionalTaskQueue.CompleteAsync"/>.
    /// When the transaction was not committed after all, the task is given back.
    /// </summary>
    /// <returns>The result.</returns>
    public static TaskHandlerResult AlreadyCompleted() => new() { Status = TaskHandlerStatus.AlreadyCompleted };

    /// <summary>It did not work. After a request to cancel, the task ends as cancelled, with the failure's <see cref="TaskFailure.Result"/>.</summary>
    /// <param name="failure">Why.</param>
    /// <returns>The result.</returns>
    public static TaskHandlerResult Failed(TaskFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new() { Status = TaskHandlerStatus.Failed, Failure = failure };
    }

    /// <summary>It was given back unharmed: another worker may do it, and the attempt is not counted.</summary>
    /// <param name="backoff">The least time before it is taken again; a task that no one asked to give back waits for the worker's poll interval at least.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public static TaskHandlerResult Released(TimeSpan backoff = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(backoff, TimeSpan.Zero);
        return new() { Status = TaskHandlerStatus.Released, Backoff = backoff };
    }
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

    /// <summary>Done, and ended by the handler itself.</summary>
    AlreadyCompleted,
}
