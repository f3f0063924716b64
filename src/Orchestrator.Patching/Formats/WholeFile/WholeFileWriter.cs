namespace Orchestrator.Patching;

/// <summary>Writes changed files whole, in fences after their names.</summary>
internal static class WholeFileWriter
{
    public static PatchContent Write(IEnumerable<TextChange> changes)
    {
        var output = new TextOutput();
        foreach (var change in changes)
        {
            if (change.Operation is not (FileOperation.Create or FileOperation.Modify))
            {
                throw TextChange.Inexpressible(PatchFormat.WholeFile, change.Path, "no block deletes or renames");
            }

            if (!change.After.IsEmpty && !change.After.Span.EndsWith("\n"u8))
            {
                throw TextChange.Inexpressible(PatchFormat.WholeFile, change.Path, "its last line has no end");
            }

            RequireWhole(change);
            var fence = TextOutput.Fence(change.After);
            output.Line(Label(change.Path));
            output.Line(fence);
            output.Lines(change.After.Span);
            output.Line(fence);
            output.Line("");
        }

        return output.ToContent();
    }

    /// <summary>A name of several words is marked as one.</summary>
    private static string Label(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"`{path}`" : path;

    private static void RequireWhole(TextChange change)
    {
        if (WholeFileParser.ReadName(Label(change.Path), needsMark: false) != change.Path || change.Path.Any(char.IsControl))
        {
            throw TextChange.Inexpressible(PatchFormat.WholeFile, change.Path, "its name cannot stand alone in a line");
        }

        var lines = new ReplyText(change.After, int.MaxValue);
        for (var i = 0; i < lines.Count; i++)
        {
            if (ElisionComment.Is(lines.Trimmed(i)))
            {
                throw TextChange.Inexpressible(PatchFormat.WholeFile, change.Path, "one of its comments looks like a part that is left out");
            }
        }
    }
}
