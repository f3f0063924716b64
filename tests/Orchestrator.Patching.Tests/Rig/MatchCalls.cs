using System.Text;

namespace Orchestrator.Patching;

/// <summary>Short ways to apply edits to one file in memory.</summary>
internal static class MatchCalls
{
    public static EditResult Apply(byte[] before, MatchSettings settings, params PatchEdit[] edits) => EditResolver.Apply("a.txt", before, edits, settings);

    public static EditResult Apply(string before, MatchSettings settings, params PatchEdit[] edits) => Apply(Encoding.UTF8.GetBytes(before), settings, edits);

    public static EditResult Apply(string before, params PatchEdit[] edits) => Apply(before, new MatchSettings(), edits);

    /// <summary>The file after; fails when the edits are refused.</summary>
    public static string After(string before, params PatchEdit[] edits) => Text(Apply(before, edits));

    public static string Text(EditResult result)
    {
        Assert.Empty(result.Conflicts);
        return Encoding.UTF8.GetString(result.After!.Value.Span);
    }

    public static PatchConflict Refused(EditResult result)
    {
        Assert.Null(result.After);
        return Assert.Single(result.Conflicts);
    }

    /// <summary>An edit of bytes, as diffs have them.</summary>
    public static PatchEdit Bytes(string old, string now, int? line = null) =>
        new() { Old = PatchContent.FromText(old), New = PatchContent.FromText(now), Line = line };

    /// <summary>An edit of lines of text.</summary>
    public static PatchEdit Lines(string old, string now, int? line = null) => Bytes(old, now, line) with { IsText = true };

    public static PatchEdit Range(int startLine, int startColumn, int endLine, int endColumn, string text) =>
        new() { New = PatchContent.FromText(text), Line = startLine, Range = new TextRange(startLine, startColumn, endLine, endColumn) };

    /// <summary>Whole lines by number.</summary>
    public static PatchEdit Numbered(int start, int end, string text, string expect = "") => new()
    {
        Old = PatchContent.FromText(expect),
        New = PatchContent.FromText(text),
        Line = start,
        Range = TextRange.Lines(start, end),
        IsText = true,
    };
}
