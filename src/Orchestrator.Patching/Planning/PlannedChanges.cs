namespace Orchestrator.Patching;

/// <summary>What becomes of one file, with both images and in short.</summary>
internal sealed record PlannedChange(FilePair Pair, FileChange Summary, PlannedFile? File);

/// <summary>Tells what a patch set did to an overlay, one element a file, however many steps it took.</summary>
internal sealed class PlannedChanges(TreeOverlay overlay)
{
    /// <summary>Paths whose files are somewhere else now.</summary>
    private readonly HashSet<string> _moved = overlay.After
        .Where(static pair => pair.Value is { IsCopy: false, Origin: { } origin } && origin != pair.Key)
        .Select(static pair => pair.Value!.Origin!).ToHashSet(StringComparer.Ordinal);

    public List<PlannedChange> Of(PatchSet patch)
    {
        var changes = new List<PlannedChange>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in patch.Files)
        {
            foreach (var path in (ReadOnlySpan<string?>)[file.Path, file.OldPath])
            {
                if (path is not null && seen.Add(path) && overlay.After.TryGetValue(path, out var planned))
                {
                    Add(changes, path, planned);
                }
            }
        }

        return changes;
    }

    /// <summary>Asks every validator about every file.</summary>
    public static List<PatchConflict> Validate(List<PlannedChange> changes, IReadOnlyList<IPatchValidator> validators, CancellationToken cancellationToken)
    {
        var conflicts = new List<PatchConflict>();
        if (validators.Count == 0)
        {
            return conflicts;
        }

        var paths = changes.SelectMany(static change => (IEnumerable<string?>)[change.Pair.Patch.Path, change.Pair.Patch.OldPath]).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var change in changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (before, after) = (change.Pair.Before, change.Pair.After);
            var context = new PatchValidationContext
            {
                Path = change.Pair.Patch.Path,
                OldPath = change.Pair.Patch.OldPath,
                Operation = change.Pair.Patch.Operation,
                Before = before is null ? null : new PatchContent(before.Bytes),
                After = after is null ? null : new PatchContent(after.Bytes),
                IsSymbolicLink = before?.Kind == EntryKind.Link || after?.Kind == EntryKind.Link,
                IsMerged = change.Summary.IsMerged,
                ChangedPaths = paths,
                Edits = change.Summary.IsRewrite ? [] : change.Pair.Patch.Edits,
            };
            foreach (var validator in validators)
            {
                conflicts.AddRange(validator.Validate(context, cancellationToken));
            }
        }

        return conflicts;
    }

    private void Add(List<PlannedChange> changes, string path, PlannedFile? planned)
    {
        var before = overlay.Before(path);
        var isLost = before is not null && !_moved.Contains(path);
        if (planned is null || (planned.Origin is { } other && other != path))
        {
            if (isLost)
            {
                changes.Add(Make(path, null, FileOperation.Delete, before, null));
            }

            if (planned is not null)
            {
                changes.Add(Make(path, planned.Origin, planned.IsCopy ? FileOperation.Copy : FileOperation.Rename, overlay.Before(planned.Origin!), planned));
            }
        }
        else if (planned.Origin is null && !isLost)
        {
            changes.Add(Make(path, null, FileOperation.Create, null, planned));
        }
        else
        {
            changes.Add(Make(path, null, FileOperation.Modify, before, planned));
        }
    }

    private static PlannedChange Make(string path, string? oldPath, FileOperation operation, FileImage? before, PlannedFile? planned)
    {
        var patch = new FilePatch
        {
            Path = path,
            OldPath = oldPath,
            Operation = operation,
            Edits = planned is { Steps: [var only] } ? only.Edits : [],
        };
        var pair = new FilePair(patch, before, planned?.Image);
        return new PlannedChange(pair, ChangeSummary.Of(pair, planned), planned);
    }
}
