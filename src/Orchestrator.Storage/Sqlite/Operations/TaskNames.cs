namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Names tasks in a sentence.</summary>
internal static class TaskNames
{
    private const int Most = 10;

    /// <summary>The first ones, and how many more there are.</summary>
    public static string Join(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(Most)) + (names.Count > Most ? $" and {names.Count - Most} more" : "");
}
