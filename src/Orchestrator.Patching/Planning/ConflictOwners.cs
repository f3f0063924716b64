namespace Orchestrator.Patching;

/// <summary>Tells of conflicts whether another application, whose journal is still there, changed what the patch expects.</summary>
internal static class ConflictOwners
{
    /// <summary>Names the application in every conflict that it explains.</summary>
    /// <param name="plan">The plan with the conflicts.</param>
    /// <param name="request">What was to be applied.</param>
    /// <param name="journals">All journals of the root, the oldest first; only asked when there is something to explain.</param>
    public static TreePlan Name(TreePlan plan, PatchRequest request, Func<IReadOnlyList<JournalDocument>> journals)
    {
        if (plan.Outcome != PatchOutcome.Rejected || !plan.Conflicts.Any(IsExplainable))
        {
            return plan;
        }

        var applied = journals().Where(journal => journal.State == JournalState.Committed && journal.Id != request.Id).Reverse().ToList();
        return applied.Count == 0 ? plan : plan with
        {
            Conflicts = plan.Conflicts.Select(conflict => IsExplainable(conflict) && Owner(conflict, request.Patch, applied) is { } owner ? Explain(conflict, owner, request.Id) : conflict).ToValueList(),
        };
    }

    private static bool IsExplainable(PatchConflict conflict) => conflict.Path is not null && conflict.Code is PatchConflictCode.ContextNotFound or PatchConflictCode.BaseMismatch
        or PatchConflictCode.MergeConflict or PatchConflictCode.FileMissing or PatchConflictCode.FileExists;

    private static PatchConflict Explain(PatchConflict conflict, string owner, string id) => conflict with
    {
        Message = $"{conflict.Message} Patch '{owner}', which was applied before, changed what patch '{id}' expects there.",
        Diagnosis = (conflict.Diagnosis ?? new PatchDiagnosis()) is { StaleSince: null } known ? known with { StaleSince = owner } : conflict.Diagnosis,
    };

    /// <summary>The last application after which the patch would have fitted no more.</summary>
    private static string? Owner(PatchConflict conflict, PatchSet patch, List<JournalDocument> applied)
    {
        var file = patch.Files.FirstOrDefault(file => file.Path == conflict.Path || file.OldPath == conflict.Path);
        var paths = file is null ? [conflict.Path] : (ReadOnlySpan<string?>)[file.OldPath, file.Path];
        foreach (var journal in applied)
        {
            foreach (var change in journal.Changes)
            {
                if (paths.Contains(change.Path) && IsCause(conflict, file, change))
                {
                    return journal.Id;
                }
            }
        }

        return null;
    }

    private static bool IsCause(PatchConflict conflict, FilePatch? file, TreeChange change) => conflict.Code switch
    {
        PatchConflictCode.FileMissing => change.After is null,
        PatchConflictCode.FileExists => change.Before is null,
        PatchConflictCode.BaseMismatch => change.Before is { } before && string.Equals(before.Hash, file?.BaseHash, StringComparison.OrdinalIgnoreCase),
        PatchConflictCode.ContextNotFound => change.Before is { } before && conflict.Edit is { } edit && file is not null && edit < file.Edits.Count
            && file.Edits[edit].Old is { IsEmpty: false } old && before.Bytes.Span.IndexOf(old.Bytes.Span) >= 0,
        _ => change.Before is not null && change.After is not null,
    };
}
