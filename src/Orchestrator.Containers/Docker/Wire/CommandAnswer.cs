namespace Orchestrator.Containers.Docker.Wire;

internal sealed record CommandAnswer(bool Running, int? ExitCode);
