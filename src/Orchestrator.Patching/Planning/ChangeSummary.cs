namespace Orchestrator.Patching;

/// <summary>Sums up what is done to one file.</summary>
internal static class ChangeSummary
{
    /// <summary>Beyond this, lines are not counted one by one.</summary>
    private const int ProbeBytes = 8000;

    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes[..Math.Min(bytes.Length, ProbeBytes)].Contains((byte)0);

    public static FileChange Of(FilePair pair, PlannedFile? planned)
    {
        var (file, before, after) = (pair.Patch, pair.Before, pair.After);
        var binary = (before is not null && IsBinary(before.Bytes.Span)) || (after is not null && IsBinary(after.Bytes.Span));
        var (added, removed) = binary ? (0, 0) : Count(file, before, after);
        return new FileChange
        {
            Path = file.Path,
            OldPath = file.OldPath,
            Operation = file.Operation,
            Edits = planned?.Steps.Sum(static step => step.Edits.Count) ?? 0,
            Tier = planned?.Tier ?? MatchTier.Exact,
            IsMerged = planned?.IsMerged ?? false,
            IsRewrite = file.Operation == FileOperation.Modify && planned is { Origin: null },
            BeforeBytes = before?.Bytes.Length,
            AfterBytes = after?.Bytes.Length,
            AddedLines = added,
            RemovedLines = removed,
            IsBinary = binary,
            BeforeHash = before?.Hash,
            AfterHash = after?.Hash,
        };
    }

    private static (int Added, int Removed) Count(FilePatch file, FileImage? before, FileImage? after)
    {
        // Numbers alone do not tell how many lines go.
        if (file.Edits.Count == 0 || before is null || file.Edits.Any(static edit => edit.Occurrence == EditOccurrence.All || edit.Range is not null))
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
