namespace Orchestrator.Patching;

/// <summary>Writes changed files as SEARCH/REPLACE blocks in fences, with as much context as it takes to be unique.</summary>
internal static class SearchReplaceWriter
{
    private const int Context = 3;

    public static PatchContent Write(IEnumerable<TextChange> changes)
    {
        var output = new TextOutput();
        foreach (var change in changes)
        {
            if (change.Operation is not (FileOperation.Create or FileOperation.Modify))
            {
                throw TextChange.Inexpressible(PatchFormat.SearchReplace, change.Path, "no block deletes or renames");
            }

            if (change.Operation == FileOperation.Modify && change.Before.IsEmpty)
            {
                throw TextChange.Inexpressible(PatchFormat.SearchReplace, change.Path, "there is nothing to search in an empty file");
            }

            if (FileNameLine.Read(change.Path) != change.Path || !FileNameLine.LooksLikeName(change.Path) || change.Path.Any(char.IsControl))
            {
                throw TextChange.Inexpressible(PatchFormat.SearchReplace, change.Path, "its name cannot stand alone in a line");
            }

            change.RequireLines(PatchFormat.SearchReplace);
            WriteFile(output, change.WithoutByteOrderMark(PatchFormat.SearchReplace));
        }

        return output.ToContent();
    }

    private static void WriteFile(TextOutput output, TextChange change)
    {
        if (change.Operation == FileOperation.Create)
        {
            WriteBlock(output, change.Path, default, change.After);
            return;
        }

        var hunks = new LineHunks(change.Before, change.After);
        foreach (var hunk in hunks.Unique(Context))
        {
            WriteBlock(output, change.Path, hunks.Old(hunk), hunks.New(hunk));
        }
    }

    private static void WriteBlock(TextOutput output, string path, ReadOnlyMemory<byte> search, ReadOnlyMemory<byte> replacement)
    {
        if (HoldsMarker(search) || HoldsMarker(replacement))
        {
            throw TextChange.Inexpressible(PatchFormat.SearchReplace, path, "one of its lines looks like a line of a block");
        }

        var fence = TextOutput.Fence(search, replacement);
        output.Line(path);
        output.Line(fence);
        output.Line("<<<<<<< SEARCH");
        output.Lines(search.Span);
        output.Line("=======");
        output.Lines(replacement.Span);
        output.Line(">>>>>>> REPLACE");
        output.Line(fence);
        output.Line("");
    }

    private static bool HoldsMarker(ReadOnlyMemory<byte> content)
    {
        var lines = new ReplyText(content, int.MaxValue);
        return Enumerable.Range(0, lines.Count).Any(line => BlockMarker.IsAny(lines.Trimmed(line)));
    }
}
