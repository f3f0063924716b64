namespace Orchestrator.Containers.Docker.Wire;

internal sealed record NetworkAnswer(string? Id, string? Name, bool Internal, Dictionary<string, string>? Labels);
