namespace Orchestrator.Patching;

/// <summary>Sums up what is done to one file.</summary>
internal static class ChangeSummary
{
    /// <summary>So much of a file tells whether it is binary.</summary>
    private const int ProbeBytes = 8000;

    /// <summary>How much the edits of one file are compared, in steps; lines of later ones count as changed from the first that differs to the last.</summary>
    private const long MaxCountWork = 50_000_000;

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
        var work = MaxCountWork;
        foreach (var edit in file.Edits)
        {
            var old = edit.Old.Bytes.Span;
            var now = edit.New.Bytes.Span;
            var distance = Math.Min(Math.Min(LineDiff.MaxDistance, (int)Math.Sqrt(work)), old.Count((byte)'\n') + now.Count((byte)'\n') + 2);
            work -= (long)distance * distance;
            var (more, fewer) = LineDiff.Count(old, now, distance);
            (added, removed) = (added + more, removed + fewer);
        }

        return (added, removed);
    }
}
