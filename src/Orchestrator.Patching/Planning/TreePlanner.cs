using Orchestrator.Secrets;

namespace Orchestrator.Patching;

/// <summary>
/// Finds out what a patch set does to a tree, which is only read. Every edit refers to the tree before, or, in a patch set that is sequential, to what the file patches before it left.
/// </summary>
internal sealed class TreePlanner(
    TreeReader tree,
    PatchOptions options,
    PathPolicy policy,
    ISecretRedactor? redactor,
    IPatchBase? patchBase = null,
    IProgress<PatchProgress>? progress = null,
    IReadOnlyList<IPatchValidator>? validators = null)
{
    private readonly TreeOverlay _overlay = new(tree);
    private readonly FileContents _contents = new(options, patchBase);
    private readonly List<PatchConflict> _conflicts = [];
    private readonly HashSet<string> _freed = new(StringComparer.Ordinal);
    private bool _isSequential;
    private long _totalBytes;

    public TreePlan Plan(PatchSet patch, CancellationToken cancellationToken)
    {
        patch = Normalize(patch);
        _conflicts.AddRange(new PatchSetCheck(options, policy).Check(patch));
        if (_conflicts.Count > 0)
        {
            return Rejected();
        }

        _isSequential = patch.IsSequential;
        if (!_isSequential)
        {
            Free(patch);
        }

        // Beyond the limit of all files together the patch set is refused, and no further file need be made in memory.
        for (var i = 0; i < patch.Files.Count && _totalBytes <= options.MaxTotalBytes; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(new PatchProgress(PatchStage.Planning, i, patch.Files.Count));
            PlanFile(patch.Files[i]);
        }

        progress?.Report(new PatchProgress(PatchStage.Planning, patch.Files.Count, patch.Files.Count));
        if (_totalBytes > options.MaxTotalBytes)
        {
            return Rejected();
        }

        if (_conflicts.Count > 0 || patch.Files.All(static file => file.Edits.Count > 0 && file.Edits.All(AppliedProbe.CanRepeat)))
        {
            if (new AppliedProbe(tree).Probe(patch) is { } applied)
            {
                return new TreePlan(PatchOutcome.AlreadyApplied, applied, []);
            }
        }

        new NameCollisionCheck(_overlay).Check(_conflicts);
        return _conflicts.Count > 0 ? Rejected() : Finish(patch, cancellationToken);
    }

    private static PatchSet Normalize(PatchSet patch)
    {
        string Meant(string path) => PathPolicy.Normalize(path, patch.IsSequential);
        return patch.Files.All(file => Meant(file.Path) == file.Path && (file.OldPath is not { } old || Meant(old) == old)) ? patch : patch with
        {
            Files = patch.Files.Select(file => file with { Path = Meant(file.Path), OldPath = file.OldPath is { } old ? Meant(old) : null }).ToValueList(),
        };
    }

    /// <summary>Which paths go is known first: their names are free for others, wherever in the patch set these are.</summary>
    private void Free(PatchSet patch)
    {
        foreach (var file in patch.Files)
        {
            if (file.Operation == FileOperation.Delete || (file.Operation == FileOperation.Rename && file.OldPath != file.Path))
            {
                var path = file.Operation == FileOperation.Delete ? file.Path : file.OldPath!;
                _freed.Add(path);
                _overlay.Set(path, null);
            }
        }
    }

    private bool IsGone(string path) => _isSequential ? _overlay.IsGone(path) : _freed.Contains(path);

    private TreePlan Rejected() => new(PatchOutcome.Rejected, [], Redacted());

    /// <summary>Windows show the user's own files: known secrets in them do not travel.</summary>
    private ValueList<PatchConflict> Redacted() => redactor is null
        ? _conflicts.ToValueList()
        : _conflicts.Select(conflict => conflict with
        {
            Message = redactor.Redact(conflict.Message)!,
            Path = redactor.Redact(conflict.Path),
            Expected = redactor.Redact(conflict.Expected),
            Actual = redactor.Redact(conflict.Actual),
            Diagnosis = conflict.Diagnosis is { } diagnosis ? diagnosis with { Difference = redactor.Redact(diagnosis.Difference), Remedy = redactor.Redact(diagnosis.Remedy) } : null,
        }).ToValueList();

    private void PlanFile(FilePatch file)
    {
        var source = file.Operation is FileOperation.Rename or FileOperation.Copy ? file.OldPath! : file.Path;
        var isTarget = file.Operation == FileOperation.Create || source != file.Path;
        if (isTarget && !IsFree(file))
        {
            return;
        }

        if (file.Operation == FileOperation.Create)
        {
            SetAfter(file, new PlannedFile(FileModes.Created(file, _overlay), null), null);
            return;
        }

        if (Source(file, source) is not { } before)
        {
            return;
        }

        if (file.BaseHash is { } expected && !string.Equals(expected, before.Image.Hash, StringComparison.OrdinalIgnoreCase))
        {
            Conflict(file, PatchConflictCode.BaseMismatch, $"The file has the SHA-256 {before.Image.Hash}, but the patch was made against {expected}. Make it anew against the current file.");
            return;
        }

        var result = _contents.Of(file, before);
        _conflicts.AddRange(result.Conflicts);
        if (result.After is not { } bytes)
        {
            return;
        }

        if (file.Operation == FileOperation.Delete)
        {
            if (file.Edits.Count > 0 && bytes.Length > 0)
            {
                Conflict(file, PatchConflictCode.ContextNotFound, "The file to delete holds more than the patch removes.");
                return;
            }

            _overlay.Set(file.Path, null);
            return;
        }

        var after = before.After(file, new FileImage(FileModes.KindAfter(file, before.Image), bytes, FileModes.ModeAfter(file, before.Image)), result);
        if (_isSequential && file.Operation == FileOperation.Rename && source != file.Path)
        {
            _overlay.Set(source, null);
        }

        SetAfter(file, file.Operation == FileOperation.Copy ? after with { IsCopy = true } : after, result);
    }

    /// <summary>Whether a file can be made at the path.</summary>
    private bool IsFree(FilePatch file)
    {
        var path = file.Path;
        if (_overlay.Obstacle(path, IsGone) is { } obstacle)
        {
            Conflict(file, PatchConflictCode.NotAFile, $"'{obstacle.Path}' is {Describe(obstacle.Kind)}, so that no file can be made beneath it.");
            return false;
        }

        if (_overlay.IsPlannedDirectory(path))
        {
            Conflict(file, PatchConflictCode.NotAFile, "The patch makes files beneath the path, so that it cannot be a file.");
            return false;
        }

        var isPlanned = _overlay.IsPlanned(path);
        if (!isPlanned && IsGone(path))
        {
            return true;
        }

        var kind = isPlanned ? _overlay.After[path]!.Image.Kind : _overlay.Entry(path).Kind;
        switch (kind)
        {
            case EntryKind.Missing:
                return true;
            case EntryKind.Directory when _overlay.IsEmptied(path, IsGone):
                return true;
            case EntryKind.File when file.Overwrites && options.AllowOverwrite:
                return isPlanned || Read(file, path) is not null;
            case EntryKind.File:
                var remedy = file.Overwrites ? "The settings do not allow to overwrite it: change it by edits, or delete it first." : "Change it by edits instead.";
                Conflict(file, PatchConflictCode.FileExists, $"There is a file already where the patch makes a file. {remedy}");
                return false;
            default:
                Conflict(file, PatchConflictCode.NotAFile, $"There is {Describe(kind)} already where the patch makes a file.");
                return false;
        }
    }

    private PlannedFile? Source(FilePatch file, string path)
    {
        if (_isSequential && _overlay.After.TryGetValue(path, out var planned))
        {
            if (planned is null)
            {
                Conflict(file, PatchConflictCode.FileMissing, $"'{path}' is not there any more: the patch itself removes or moves it before.");
            }

            return planned;
        }

        if (_overlay.Obstacle(path, _isSequential ? IsGone : null) is { } obstacle)
        {
            Conflict(file, PatchConflictCode.NotAFile, $"'{obstacle.Path}' is {Describe(obstacle.Kind)}; links are never followed.");
            return null;
        }

        var kind = _overlay.Entry(path).Kind;
        if (kind == EntryKind.Missing)
        {
            if (FileContents.OnlyAppends(file) && options.AllowedOperations.Contains(FileOperation.Create))
            {
                return new PlannedFile(new FileImage(EntryKind.File, default, default), null);
            }

            Conflict(file, PatchConflictCode.FileMissing, $"'{path}' is not there.");
            return null;
        }

        if (kind != EntryKind.File && !(kind == EntryKind.Link && options.AllowSymbolicLinks))
        {
            Conflict(file, PatchConflictCode.NotAFile, $"'{path}' is {Describe(kind)}, not a plain file.");
            return null;
        }

        return Read(file, path) is { } image ? new PlannedFile(image, path) : null;
    }

    private FileImage? Read(FilePatch file, string path)
    {
        var size = _overlay.Entry(path).Size;
        if (!_overlay.IsRead(path) && (size > options.MaxFileBytes || (_totalBytes += size) > options.MaxTotalBytes))
        {
            Conflict(file, PatchConflictCode.TooLarge, $"'{path}' has {size} bytes, which exceeds a limit.");
            return null;
        }

        return _overlay.Before(path);
    }

    private void SetAfter(FilePatch file, PlannedFile after, EditResult? edits)
    {
        var image = after.Image;
        if (image.Bytes.Length > options.MaxFileBytes || (_totalBytes += image.Bytes.Length) > options.MaxTotalBytes)
        {
            Conflict(file, PatchConflictCode.TooLarge, $"The file would have {image.Bytes.Length} bytes, which exceeds a limit.");
            return;
        }

        if (image.Kind == EntryKind.Link && LinkTarget.Refusal(file.Path, image.Bytes.Span, policy) is { } refusal)
        {
            Conflict(file, PatchConflictCode.OperationRefused, $"The link is refused: {refusal}.");
            return;
        }

        var before = after.Origin is { } origin ? _overlay.Before(origin) : null;
        if (redactor is not null && SecretScan.BringsSecret(redactor, file.Path, before, image))
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.Secret,
                Path = redactor.Redact(file.Path),
                Message = "The patch would bring a known secret into the tree. Refer to it by its name instead.",
            });
            return;
        }

        _overlay.Set(file.Path, edits is null ? after with { Steps = [file] } : after);
    }

    private TreePlan Finish(PatchSet patch, CancellationToken cancellationToken)
    {
        var changes = new List<TreeChange>();
        foreach (var (path, planned) in _overlay.After)
        {
            var (before, after) = (_overlay.Before(path), planned?.Image);
            if (!FileImage.Same(before, after) || before?.Mode != after?.Mode)
            {
                var entry = _overlay.Entry(path);
                changes.Add(new TreeChange(path, before, entry.Identity, after) { Changed = entry.Changed });
            }
        }

        var results = new PlannedChanges(_overlay).Of(patch);
        if (changes.Count == 0)
        {
            return new TreePlan(PatchOutcome.AlreadyApplied, results.Select(static result => result.Summary).ToValueList(), []);
        }

        _conflicts.AddRange(PlannedChanges.Validate(results, validators ?? [], cancellationToken));
        if (_conflicts.Count > 0)
        {
            return Rejected();
        }

        changes.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new TreePlan(PatchOutcome.Applied, results.Select(static result => result.Summary).ToValueList(), [])
        {
            Pairs = [.. results.Select(static result => result.Pair)],
            Changes = changes,
            NewDirectories = DirectoryPlan.New(tree, changes),
            EmptiedDirectories = DirectoryPlan.Emptied(tree, changes),
        };
    }

    private static string Describe(EntryKind kind) => kind switch
    {
        EntryKind.File => "a file",
        EntryKind.Directory => "a directory",
        EntryKind.Link => "a symbolic link",
        EntryKind.Missing => "nothing",
        _ => "something that is no plain file",
    };

    private void Conflict(FilePatch file, PatchConflictCode code, string message) =>
        _conflicts.Add(new PatchConflict { Code = code, Path = file.Path, Message = message });
}
