namespace Orchestrator.Cli.Output;

/// <summary>Makes text from outside harmless for a terminal.</summary>
internal static class Terminal
{
    /// <summary>The text on one line without control characters; escape sequences of an agent do nothing.</summary>
    public static string Safe(string? text) =>
        text is null ? "" : string.Concat(text.Select(c => c is '\n' or '\r' or '\t' ? ' ' : char.IsControl(c) ? '·' : c)).TrimEnd();

    /// <summary>The lines of a text, each without control characters.</summary>
    public static IEnumerable<string> SafeLines(string? text) => (text ?? "").ReplaceLineEndings("\n").Split('\n').Select(Safe);
}
