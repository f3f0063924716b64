namespace Orchestrator.Patching;

/// <summary>Sums up what is done to one file.</summary>
internal static class ChangeSummary
{
    /// <summary>Beyond this, lines are not counted one by one.</summary>
    private const int ProbeBytes = 8000;

    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, ProbeBytes)].Contains((byte)0);

    public static FileChange Of(FilePatch file, FileImage? before, FileImage? after)
    {
        var binary = (before is not null && IsBinary(before.Bytes.Span)) || (after is not null && IsBinary(after.Bytes.Span));
        var (added, removed) = binary ? (0, 0) : Count(file, before, after);
        var created = file.Operation is FileOperation.Create;
        return new FileChange
        {
            Path = file.Path,
            OldPath = file.OldPath == file.Path ? null : file.OldPath,
            Operation = file.Operation == FileOperation.Rename && file.OldPath == file.Path ? FileOperation.Modify : file.Operation,
            AddedLines = added,
            RemovedLines = removed,
            IsBinary = binary,
            BeforeHash = created ? null : before?.Hash,
            AfterHash = after?.Hash,
        };
    }

    private static (int Added, int Removed) Count(FilePatch file, FileImage? before, FileImage? after)
    {
        if (file.Edits.Count == 0 || file.Operation == FileOperation.Delete || file.Edits.Any(static edit => edit.Occurrence == EditOccurrence.All))
        {
            return LineDiff.Count((before?.Bytes ?? default).Span, (after?.Bytes ?? default).Span);
        }

        int added = 0, removed = 0;
        foreach (var edit in file.Edits)
        {
            var (more, fewer) = LineDiff.Count(edit.Old.Bytes.Span, edit.New.Bytes.Span);
            (added, removed) = (added + more, removed + fewer);
        }

        return (added, removed);
    }
}
