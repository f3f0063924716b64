namespace Orchestrator.Containers.Docker.Wire;

/// <summary>A network as it is made.</summary>
internal sealed record NetworkBody(string Name, bool Internal, Dictionary<string, string> Labels)
{
    public string Driver { get; } = "bridge";

    public bool CheckDuplicate { get; } = true;
}
