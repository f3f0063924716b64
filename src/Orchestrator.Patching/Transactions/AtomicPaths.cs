namespace Orchestrator.Patching;

/// <summary>Which files are never seen half written.</summary>
internal sealed class AtomicPaths(IEnumerable<string> patterns)
{
    private readonly List<GlobPattern> _patterns = [.. patterns.Select(static pattern => new GlobPattern(pattern))];

    public bool Contains(string path) => _patterns.Count > 0 && path.Split('/') is var components && _patterns.Exists(pattern => pattern.Matches(components));
}
