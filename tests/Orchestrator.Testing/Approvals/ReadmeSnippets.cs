using System.Text.RegularExpressions;

namespace Orchestrator.Testing;

/// <summary>
/// Keeps the code in a README true: a block after <c>&lt;!-- snippet: name --&gt;</c> must equal a compiled <c>#region snippet: name</c>.
/// </summary>
public static partial class ReadmeSnippets
{
    /// <summary>
    /// The names of the README's snippets that no region in the sources of <paramref name="sourceFolder"/> has, that a region has differently,
    /// that two regions claim, or that no code block follows. Empty when the README is true.
    /// </summary>
    public static IReadOnlyList<string> Stale(string readmePath, string sourceFolder) => Stale(readmePath, [sourceFolder]);

    /// <inheritdoc cref="Stale(string, string)" />
    /// <param name="readmePath">The Markdown file.</param>
    /// <param name="sourceFolders">Folders searched, with all below them, for C# sources. One that does not exist holds nothing.</param>
    public static IReadOnlyList<string> Stale(string readmePath, IEnumerable<string> sourceFolders)
    {
        ArgumentNullException.ThrowIfNull(sourceFolders);

        var regions = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var file in sourceFolders.Where(Directory.Exists).SelectMany(SourceTree.CSharpFiles))
        {
            AddRegions(File.ReadAllText(file), regions);
        }

        var stale = new List<string>();
        foreach (var (name, code) in Snippets(File.ReadAllText(readmePath)))
        {
            if (code is null || !regions.TryGetValue(name, out var body) || body != code)
            {
                stale.Add(name);
            }
        }

        return stale;
    }

    private static IEnumerable<(string Name, string? Code)> Snippets(string markdown)
    {
        var lines = markdown.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (Marker().Match(lines[i]) is not { Success: true } marker)
            {
                continue;
            }

            var open = i + 1;
            while (open < lines.Length && lines[open].Trim().Length == 0)
            {
                open++;
            }

            var isBlock = open < lines.Length && lines[open].StartsWith("```", StringComparison.Ordinal);
            var close = isBlock ? Array.IndexOf(lines, "```", open + 1) : -1;
            yield return (marker.Groups["name"].Value, close < 0 ? null : Dedent(lines[(open + 1)..close]));
        }
    }

    private static void AddRegions(string source, Dictionary<string, string?> regions)
    {
        var lines = source.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (RegionStart().Match(lines[i]) is { Success: true } start)
            {
                var end = Array.FindIndex(lines, i + 1, line => line.TrimStart().StartsWith("#endregion", StringComparison.Ordinal));
                var body = end < 0 ? null : Dedent(lines[(i + 1)..end]);
                var name = start.Groups["name"].Value;
                regions[name] = regions.TryGetValue(name, out var known) && known != body ? null : body;
            }
        }
    }

    private static string Dedent(string[] lines)
    {
        var indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(line => line.Trim().Length == 0 ? string.Empty : line[indent..].TrimEnd())).Trim('\n');
    }

    [GeneratedRegex(@"^\s*<!--\s*snippet:\s*(?<name>[\w.-]+)\s*-->\s*$")]
    private static partial Regex Marker();

    [GeneratedRegex(@"^\s*#region\s+snippet:\s*(?<name>[\w.-]+)\s*$")]
    private static partial Regex RegionStart();
}
