using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>The table of outcomes in docs/agents/outcomes.md: what the tests expect. With <c>UPDATE_APPROVED=1</c> they write what they saw instead.</summary>
internal static class OutcomeTable
{
    private static readonly Lock Gate = new();

    private static string FilePath => RepositoryRoot.Combine("docs", "agents", "outcomes.md");

    /// <summary>The scenarios that are run with an agent: those whose cell gives no reason against it.</summary>
    public static IEnumerable<string> ScenariosOf(string agent) => AgentContract.Scenarios.Where(scenario => !IsReason(Cell(scenario, agent)));

    /// <summary>Whether a cell says why the scenario is not run.</summary>
    public static bool IsReason(string cell) => cell.StartsWith("not run: ", StringComparison.Ordinal);

    /// <summary>The text of a cell.</summary>
    public static string Cell(string scenario, string agent)
    {
        var rows = Rows();
        var column = Array.IndexOf(rows[0], agent);
        Assert.True(column > 0, $"docs/agents/outcomes.md has no column '{agent}'.");
        var row = Array.Find(rows, cells => cells[0] == $"`{scenario}`");
        Assert.True(row is not null && row.Length == rows[0].Length, $"docs/agents/outcomes.md has no whole row '{scenario}'.");
        return row[column];
    }

    public static void Check(string scenario, string agent, string actual)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_APPROVED") == "1")
        {
            Write(scenario, agent, actual);
        }

        Assert.Equal(Cell(scenario, agent), actual);
    }

    private static void Write(string scenario, string agent, string actual)
    {
        lock (Gate)
        {
            var column = Array.IndexOf(Rows()[0], agent);
            var lines = File.ReadAllLines(FilePath);
            var index = Array.FindIndex(lines, line => line.StartsWith($"| `{scenario}` |", StringComparison.Ordinal));
            var cells = Cells(lines[index]);
            cells[column] = actual;
            lines[index] = $"| {string.Join(" | ", cells)} |";
            File.WriteAllLines(FilePath, lines);
        }
    }

    private static string[][] Rows() => [.. File.ReadAllLines(FilePath).Where(line => line.StartsWith('|') && !line.StartsWith("|--", StringComparison.Ordinal)).Select(Cells)];

    private static string[] Cells(string line) => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries);
}
