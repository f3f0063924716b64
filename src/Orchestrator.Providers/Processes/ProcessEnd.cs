namespace Orchestrator.Providers.Processes;

/// <summary>Why a process ended.</summary>
public enum ProcessEnd
{
    /// <summary>By itself.</summary>
    Exited = 0,

    /// <summary>Stopped by us: no line in the startup time.</summary>
    StartupTimeout,

    /// <summary>Stopped by us: no line for too long.</summary>
    IdleTimeout,

    /// <summary>Stopped by us: it took too long as a whole.</summary>
    TotalTimeout,

    /// <summary>Stopped by us: the caller cancelled or stopped reading.</summary>
    Cancelled,

    /// <summary>By the loss of the container that it ran in.</summary>
    Lost,
}
