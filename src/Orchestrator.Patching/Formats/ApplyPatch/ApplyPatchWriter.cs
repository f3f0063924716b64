namespace Orchestrator.Patching;

/// <summary>Writes changed files as the <c>*** Begin Patch</c> envelope, with as much context as it takes to be unique.</summary>
internal static class ApplyPatchWriter
{
    private const int Context = 3;

    public static PatchContent Write(IEnumerable<TextChange> changes)
    {
        var output = new TextOutput();
        output.Line(EnvelopeLine.Begin);
        foreach (var change in changes)
        {
            RequireName(change.Path);
            RequireName(change.OldPath ?? change.Path);
            change.RequireLines(PatchFormat.ApplyPatch);
            WriteFile(output, change);
        }

        output.Line(EnvelopeLine.End);
        return output.ToContent();
    }

    private static void WriteFile(TextOutput output, TextChange change)
    {
        switch (change.Operation)
        {
            case FileOperation.Create:
                output.Line(EnvelopeLine.Add + change.Path);
                output.Lines('+', change.After.Span);
                return;
            case FileOperation.Delete:
                output.Line(EnvelopeLine.Delete + change.Path);
                return;
            default:
                output.Line(EnvelopeLine.Update + (change.OldPath ?? change.Path));
                if (change.OldPath is not null)
                {
                    output.Line(EnvelopeLine.Move + change.Path);
                }

                WriteHunks(output, change.WithoutByteOrderMark(PatchFormat.ApplyPatch));
                return;
        }
    }

    private static void WriteHunks(TextOutput output, TextChange change)
    {
        var hunks = new LineHunks(change.Before, change.After);
        foreach (var hunk in hunks.Unique(Context))
        {
            output.Line("@@");
            var at = hunks.OldFrom(hunk);
            for (var i = hunk.FirstRun; i <= hunk.LastRun; i++)
            {
                var run = hunks.Runs[i];
                output.Lines(' ', hunks.Old(at, run.OldStart).Span);
                output.Lines('-', hunks.Old(run.OldStart, run.OldStart + run.OldCount).Span);
                output.Lines('+', hunks.New(run.NewStart, run.NewStart + run.NewCount).Span);
                at = run.OldStart + run.OldCount;
            }

            output.Lines(' ', hunks.Old(at, hunks.OldTo(hunk)).Span);
        }
    }

    private static void RequireName(string path)
    {
        if (path != path.Trim() || path.Any(char.IsControl))
        {
            throw TextChange.Inexpressible(PatchFormat.ApplyPatch, path, "its name cannot stand in a line");
        }
    }
}
