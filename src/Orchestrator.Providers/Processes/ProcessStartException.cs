namespace Orchestrator.Providers.Processes;

/// <summary>A program could not be started: it is missing, not executable, or the directory is.</summary>
public sealed class ProcessStartException : OrchestratorException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="executable">The program.</param>
    /// <param name="reason">What is wrong and what to do.</param>
    /// <param name="innerException">The fault underneath.</param>
    public ProcessStartException(string executable, string reason, Exception? innerException = null)
        : base("providers.process_not_started", $"'{executable}' could not be started: {reason}", innerException) => Executable = executable;

    /// <summary>The program.</summary>
    public string Executable { get; }
}
