namespace Orchestrator.Containers.Docker.Wire;

internal sealed record WaitAnswer(int StatusCode);
