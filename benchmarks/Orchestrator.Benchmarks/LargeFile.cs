using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Orchestrator.Benchmarks;

/// <summary>A file of 100,000 lines (4 MB), and a unified diff of it with hunks of one changed line and three lines of context each.</summary>
internal sealed class LargeFile
{
    public const string Name = "file.cs";
    private const int Lines = 100_000;
    private readonly int[] _changed;

    /// <summary>Makes the same file and diff every time.</summary>
    /// <param name="hunks">How many hunks the diff has, evenly spread.</param>
    /// <param name="drift">How many lines came in at the top of the file after the diff was made.</param>
    public LargeFile(int hunks, int drift = 0)
    {
        _changed = [.. Enumerable.Range(0, hunks).Select(hunk => (hunk * (Lines / hunks)) + (Lines / hunks / 2))];
        Before = Encoding.UTF8.GetBytes(Text(drift, []));
        After = Encoding.UTF8.GetBytes(Text(drift, [.. _changed]));
        Diff = Encoding.UTF8.GetBytes($"--- a/{Name}\n+++ b/{Name}\n{string.Concat(_changed.Select(Hunk))}");
    }

    public byte[] Before { get; }

    public byte[] After { get; }

    public byte[] Diff { get; }

    /// <summary>What the diff says, in Roslyn's words; only for a file that has not drifted, as Roslyn looks for nothing.</summary>
    public TextChange[] Changes(SourceText text) =>
        [.. _changed.Select(line => new TextChange(text.Lines[line - 1].SpanIncludingLineBreak, ChangedLine(line)))];

    /// <summary>The whole way with Roslyn, except for reading the diff: from bytes to bytes.</summary>
    public byte[] ChangeWithRoslyn(byte[] before)
    {
        var text = SourceText.From(before, before.Length, Encoding.UTF8);
        return Encoding.UTF8.GetBytes(text.WithChanges(Changes(text)).ToString());
    }

    private static string Text(int drift, HashSet<int> changed)
    {
        var text = new StringBuilder();
        for (var line = 1; line <= drift; line++)
        {
            text.Append(CultureInfo.InvariantCulture, $"// a line that came in later, number {line}\n");
        }

        for (var line = 1; line <= Lines; line++)
        {
            text.Append(changed.Contains(line) ? ChangedLine(line) : Line(line));
        }

        return text.ToString();
    }

    private static string Hunk(int middle)
    {
        var hunk = new StringBuilder($"@@ -{middle - 3},7 +{middle - 3},7 @@\n");
        for (var line = middle - 3; line <= middle + 3; line++)
        {
            hunk.Append(line == middle ? $"-{Line(line)}+{ChangedLine(line)}" : $" {Line(line)}");
        }

        return hunk.ToString();
    }

    private static string Line(int line) => $"    public int Value{line:D6} => {line * 7919L % 100_003};\n";

    private static string ChangedLine(int line) => $"    // changed {line}\n";
}
