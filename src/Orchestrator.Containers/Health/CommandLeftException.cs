namespace Orchestrator.Containers.Health;

/// <summary>A command could not be killed alone, and its instance was spared: it may still run.</summary>
internal sealed class CommandLeftException(LeftCommand command, Exception innerException)
    : OrchestratorException(LeftCode, $"A command in instance {command.Instance} could not be killed alone and is left to run.", innerException)
{
    public const string LeftCode = "containers.command_left";

    public LeftCommand Command => command;
}
