namespace Orchestrator.Containers.Docker.Wire;

internal sealed record IdAnswer(string? Id);
