namespace Orchestrator.Patching;

/// <summary>Writes changed files as str_replace edits, one object a line; each finds its text only once, also after the edits before it.</summary>
internal static class StrReplaceWriter
{
    private const int Context = 1;

    public static PatchContent Write(IEnumerable<TextChange> changes)
    {
        var output = new JsonOutput();
        foreach (var change in changes)
        {
            if (change.Operation is not (FileOperation.Create or FileOperation.Modify))
            {
                throw TextChange.Inexpressible(PatchFormat.StrReplace, change.Path, "no edit deletes or renames");
            }

            if (change.Operation == FileOperation.Create)
            {
                WriteEdit(output, change, default, change.After);
                continue;
            }

            if (change.Before.IsEmpty)
            {
                throw TextChange.Inexpressible(PatchFormat.StrReplace, change.Path, "there is nothing to find in an empty file");
            }

            foreach (var (before, after) in Edits(change.WithoutByteOrderMark(PatchFormat.StrReplace)))
            {
                WriteEdit(output, change, before, after);
            }
        }

        return output.ToContent();
    }

    private static List<(ReadOnlyMemory<byte> Old, ReadOnlyMemory<byte> New)> Edits(TextChange change)
    {
        var hunks = new LineHunks(change.Before, change.After);
        var edits = hunks.Unique(Context).Select(hunk => (hunks.Old(hunk), hunks.New(hunk))).ToList();
        var text = change.Before.ToArray();
        foreach (var (before, after) in edits)
        {
            var at = text.AsSpan().IndexOf(before.Span);
            if (at < 0 || text.AsSpan(at + 1).IndexOf(before.Span) >= 0)
            {
                // A text that stands twice, or comes twice by an edit before: all of the file is found only once.
                return [(change.Before, change.After)];
            }

            text = [.. text.AsSpan(0, at), .. after.Span, .. text.AsSpan(at + before.Length)];
        }

        return edits;
    }

    private static void WriteEdit(JsonOutput output, TextChange change, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var (oldText, newText) = (change.Text(before.Span, PatchFormat.StrReplace), change.Text(after.Span, PatchFormat.StrReplace));
        output.Line(json =>
        {
            json.WriteStartObject();
            json.WriteString("path", change.Path);
            json.WriteString("old_str", oldText);
            json.WriteString("new_str", newText);
            json.WriteEndObject();
        });
    }
}
