namespace Orchestrator.Containers.Health;

/// <summary>A command that could not be killed, and may still run.</summary>
/// <param name="Instance">The engine's id of its instance.</param>
/// <param name="Run">The engine's id of the command.</param>
/// <param name="Mark">What it carries in its environment.</param>
internal sealed record LeftCommand(string Instance, string Run, string Mark);
