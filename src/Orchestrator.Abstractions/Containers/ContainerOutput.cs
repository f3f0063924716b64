namespace Orchestrator.Containers;

/// <summary>A line that a command in an instance printed, or its end.</summary>
/// <param name="Text">The line without its end; empty for the end of the command.</param>
/// <param name="IsError">Whether it came on standard error.</param>
/// <param name="ExitCode">The exit code, only in the last element.</param>
public readonly record struct ContainerOutput(string Text, bool IsError = false, int? ExitCode = null);
