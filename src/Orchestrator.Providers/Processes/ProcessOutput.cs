namespace Orchestrator.Providers.Processes;

/// <summary>One thing that came from a process: a line, or at the very end how it ended.</summary>
/// <param name="Line">The line without its end; <see langword="null"/> in the last item.</param>
/// <param name="IsError">Whether the line came from standard error.</param>
/// <param name="Exit">How the process ended; only in the last item.</param>
public readonly record struct ProcessOutput(string? Line, bool IsError, ProcessExit? Exit);
