namespace Orchestrator.Providers.Processes;

/// <summary>How a program likes to be asked to stop. On Windows there is no such signal and it is killed.</summary>
public enum StopSignal
{
    /// <summary>SIGTERM, what most programs expect.</summary>
    Terminate = 0,

    /// <summary>SIGINT, as Ctrl+C in a terminal.</summary>
    Interrupt,
}
