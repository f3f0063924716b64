using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Reads the table in the docs of where we deliberately differ from other tools: a row names a suite, its cases, what the other tool does, and what we do.</summary>
internal static class Divergences
{
    private static readonly Lazy<Dictionary<(string Suite, string Case), string>> Table = new(Read);

    /// <summary>What the docs say that we do; <c>same</c> for a case that they do not list.</summary>
    public static string Expected(string suite, string id) => Table.Value.GetValueOrDefault((suite, id), SuiteRun.Same);

    /// <summary>Every case that the docs list for a suite.</summary>
    public static IEnumerable<string> Cases(string suite) => Table.Value.Keys.Where(key => key.Suite == suite).Select(static key => key.Case);

    private static Dictionary<(string Suite, string Case), string> Read()
    {
        var table = new Dictionary<(string, string), string>();
        foreach (var line in File.ReadLines(RepositoryRoot.Combine("docs", "patching-divergences.md")).Where(static line => line.StartsWith("| ", StringComparison.Ordinal)))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length < 6 || cells[1] == "suite")
            {
                continue;
            }

            foreach (var id in cells[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                table.Add((cells[1], id), cells[4]);
            }
        }

        return table;
    }
}
