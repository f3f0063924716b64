namespace Orchestrator.Containers.Local;

/// <summary>A call of the process engine that failed.</summary>
public sealed class ProcessEngineException : OrchestratorException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">One of the constants of this class.</param>
    /// <param name="message">What happened, and what to do about it.</param>
    /// <param name="innerException">The fault underneath, or <see langword="null"/>.</param>
    public ProcessEngineException(string code, string message, Exception? innerException = null)
        : base(code, message, innerException)
    {
    }

    /// <summary>There is no such instance.</summary>
    public const string NotFound = "containers.process.not_found";

    /// <summary>An instance of the name exists already.</summary>
    public const string NameTaken = "containers.process.name_taken";

    /// <summary>The instance does not run, or is frozen, and the call needs one that runs.</summary>
    public const string NotRunning = "containers.process.not_running";

    /// <summary>The program cannot be started: it does not exist, may not be executed, or its directory is missing.</summary>
    public const string StartFailed = "containers.process.start_failed";

    /// <summary>This operating system lacks what the call needs.</summary>
    public const string Unsupported = "containers.process.unsupported";

    /// <summary>Another call, perhaps of another process, holds the instance for too long, or its processes do not end when killed.</summary>
    public const string Busy = "containers.process.busy";

    /// <summary>The state directory cannot be used: others may write it, the disk is full, or it is no directory.</summary>
    public const string StateUnusable = "containers.process.state_unusable";

    /// <inheritdoc/>
    public override bool IsTransient => Code == Busy;
}
