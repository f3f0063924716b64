using System.Text;
using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>Brings the hunks of the npm package <c>diff</c> and ours to one form of text, so that they can be compared.</summary>
internal static class JsDiffHunks
{
    public static string Of(PatchSet patch)
    {
        var text = new StringBuilder();
        foreach (var file in patch.Files)
        {
            text.Append("file\n");
            foreach (var edit in Edits(file))
            {
                text.Append($"hunk at {edit.Line}\n<<\n{edit.Old}==\n{edit.New}>>\n");
            }
        }

        return text.ToString();
    }

    public static string Of(JsonElement patches)
    {
        var text = new StringBuilder();
        foreach (var patch in patches.ValueKind == JsonValueKind.Array ? patches.EnumerateArray() : Enumerable.Repeat(patches, 1))
        {
            text.Append("file\n");
            foreach (var hunk in patch.GetProperty("hunks").EnumerateArray())
            {
                text.Append($"hunk at {Line(hunk)}\n<<\n{Side(hunk, '-')}==\n{Side(hunk, '+')}>>\n");
            }
        }

        return text.ToString();
    }

    /// <summary>Writes hunks as a diff.</summary>
    public static string ToDiff(JsonElement patches)
    {
        var text = new StringBuilder();
        foreach (var patch in patches.ValueKind == JsonValueKind.Array ? patches.EnumerateArray() : Enumerable.Repeat(patches, 1))
        {
            text.Append($"--- {Name(patch, "oldFileName")}\n+++ {Name(patch, "newFileName")}\n");
            foreach (var hunk in patch.GetProperty("hunks").EnumerateArray())
            {
                text.Append($"@@ -{Written(hunk, "old")},{Number(hunk, "oldLines")} +{Written(hunk, "new")},{Number(hunk, "newLines")} @@\n");
                text.Append(string.Concat(hunk.GetProperty("lines").EnumerateArray().Select(static line => line.GetString() + "\n")));
            }
        }

        return text.ToString();
    }

    /// <summary>New and deleted files are one hunk there.</summary>
    private static ValueList<PatchEdit> Edits(FilePatch file) =>
        file.Operation == FileOperation.Create && file.Content is { IsEmpty: false } content ? [new PatchEdit { New = content, Line = 1 }] : file.Edits;

    /// <summary>A side without lines is placed before the line that follows there, and behind the line before in the text of a diff.</summary>
    private static int Line(JsonElement hunk) => Math.Max(1, Number(hunk, "oldStart"));

    private static int Written(JsonElement hunk, string side) => Number(hunk, side + "Start") - (Number(hunk, side + "Lines") == 0 ? 1 : 0);

    private static int Number(JsonElement hunk, string name) => hunk.GetProperty(name).GetInt32();

    private static string Name(JsonElement patch, string name) => patch.TryGetProperty(name, out var value) ? value.GetString()! : "file";

    private static string Side(JsonElement hunk, char mark)
    {
        var text = new StringBuilder();
        var last = ' ';
        foreach (var line in hunk.GetProperty("lines").EnumerateArray().Select(static line => line.GetString()!))
        {
            var kind = line.Length == 0 ? ' ' : line[0];
            if (kind == '\\')
            {
                text.Length -= last == ' ' || last == mark ? 1 : 0;
            }
            else if (kind == ' ' || kind == mark)
            {
                text.Append(line.AsSpan(Math.Min(1, line.Length))).Append('\n');
            }

            last = kind;
        }

        return text.ToString();
    }
}
