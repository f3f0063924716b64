namespace Orchestrator.Containers.Docker.Wire;

internal sealed record SystemAnswer(DateTimeOffset? SystemTime);
