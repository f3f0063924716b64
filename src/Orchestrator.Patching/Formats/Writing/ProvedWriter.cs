namespace Orchestrator.Patching;

/// <summary>Writes a plan in a form, reads it back and plans it again: what is handed out does what the plan does.</summary>
internal sealed class ProvedWriter(PatchOptions options, Func<PatchSet, TreePlan> plan)
{
    /// <exception cref="PatchingException">The form cannot say it.</exception>
    public PatchContent Write(TreePlan wanted, PatchSet patch, PatchFormat format)
    {
        var written = PatchWriter.Write(wanted.Pairs, patch, format, options.WorkspaceUri);
        if (format is not (PatchFormat.Auto or PatchFormat.UnifiedDiff))
        {
            Prove(wanted, written, patch.TaskId, format);
        }

        return written;
    }

    private void Prove(TreePlan wanted, PatchContent written, string taskId, PatchFormat format)
    {
        PatchSet again;
        try
        {
            again = new PatchReader(options).Read(written.Bytes, taskId, format);
        }
        catch (PatchFormatException error)
        {
            throw Insufficient(format, $"line {error.Line} of it would read: {error.Message}");
        }

        // Forms that do not tell a new file from a replaced one mean the replaced one here.
        var there = wanted.Changes.Where(static change => change.Before is not null).Select(static change => change.Path).ToHashSet(StringComparer.Ordinal);
        var files = again.Files.Select(file => file is { Operation: FileOperation.Create, Overwrites: true } && there.Contains(file.Path)
            ? file with { Operation = FileOperation.Modify, Overwrites = false }
            : file);
        var got = plan(again with { Files = files.ToValueList() });
        if (got.Outcome != PatchOutcome.Applied)
        {
            throw Insufficient(format, got.Conflicts.Count > 0 ? got.Conflicts[0].Message : "it would change nothing.");
        }

        if (Difference(wanted, got) is { } path)
        {
            throw Insufficient(format, $"'{path}' would become another file.");
        }
    }

    private static string? Difference(TreePlan wanted, TreePlan got)
    {
        var changes = got.Changes.ToDictionary(static change => change.Path, static change => change.After, StringComparer.Ordinal);
        foreach (var change in wanted.Changes)
        {
            if (!changes.Remove(change.Path, out var after) || !FileImage.Same(change.After, after) || change.After?.IsExecutable != after?.IsExecutable)
            {
                return change.Path;
            }
        }

        return changes.Keys.FirstOrDefault();
    }

    private static PatchingException Insufficient(PatchFormat format, string why) =>
        new(PatchingException.FormatInsufficient, $"The form {format} cannot say exactly what the patch set does: {why}");
}
