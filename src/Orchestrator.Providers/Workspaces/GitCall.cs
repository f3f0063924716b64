namespace Orchestrator.Providers.Workspaces;

/// <summary>One git command.</summary>
internal sealed record GitCall(string Directory, params string[] Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public byte[] Input { get; init; } = [];

    public int MaxOutputBytes { get; init; } = 64 * 1024 * 1024;
}
