using Orchestrator.Secrets;

namespace Orchestrator.Patching;

/// <summary>Finds out what a patch set does to a tree. Every edit refers to the tree before; the tree is only read.</summary>
internal sealed class TreePlanner(TreeReader tree, PatchOptions options, PathPolicy policy, ISecretRedactor? redactor)
{
    private readonly List<PatchConflict> _conflicts = [];
    private readonly Dictionary<string, FileEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileImage?> _before = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileImage?> _after = new(StringComparer.Ordinal);
    private readonly List<FilePair> _pairs = [];
    private long _totalBytes;

    public TreePlan Plan(PatchSet patch, CancellationToken cancellationToken)
    {
        _conflicts.AddRange(new PatchSetCheck(options, policy).Check(patch));
        if (_conflicts.Count > 0)
        {
            return Rejected();
        }

        // Which paths go is known first: their names are free for others.
        foreach (var file in patch.Files)
        {
            if (file.Operation == FileOperation.Delete || (file.Operation == FileOperation.Rename && file.OldPath != file.Path))
            {
                _after[file.Operation == FileOperation.Delete ? file.Path : file.OldPath!] = null;
            }
        }

        var freed = _after.Keys.ToHashSet(StringComparer.Ordinal);
        foreach (var file in patch.Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PlanFile(file, freed);
        }

        if (_conflicts.Count > 0 || patch.Files.All(static file => file.Edits.Count > 0 && file.Edits.All(static edit => edit.Old.IsEmpty)))
        {
            if (new AppliedProbe(tree).Probe(patch) is { } applied)
            {
                return new TreePlan(PatchOutcome.AlreadyApplied, applied, []);
            }
        }

        new NameCollisionCheck(tree).Check(_before, _after, _conflicts);
        return _conflicts.Count > 0 ? Rejected() : Finish();
    }

    private TreePlan Rejected() => new(PatchOutcome.Rejected, [], Redacted());

    /// <summary>Windows show the user's own files: known secrets in them do not travel.</summary>
    private ValueList<PatchConflict> Redacted() => redactor is null
        ? _conflicts.ToValueList()
        : _conflicts.Select(conflict => conflict with { Expected = redactor.Redact(conflict.Expected), Actual = redactor.Redact(conflict.Actual) }).ToValueList();

    private void PlanFile(FilePatch file, HashSet<string> freed)
    {
        var source = file.Operation is FileOperation.Rename or FileOperation.Copy ? file.OldPath! : file.Path;
        var isNew = file.Operation == FileOperation.Create || (source != file.Path);
        if (isNew && !IsFree(file, freed))
        {
            return;
        }

        if (file.Operation == FileOperation.Create)
        {
            var image = new FileImage(
                file.NewMode == PatchFileMode.SymbolicLink ? EntryKind.Link : EntryKind.File,
                file.Content?.Bytes ?? default,
                file.NewMode == PatchFileMode.Executable ? UnixFileMode.UserExecute : default);
            SetAfter(file, null, image);
            return;
        }

        if (Source(file, source) is not { } before)
        {
            return;
        }

        if (file.BaseHash is { } expected && !string.Equals(expected, before.Hash, StringComparison.OrdinalIgnoreCase))
        {
            Conflict(file, PatchConflictCode.BaseMismatch, $"The file has the SHA-256 {before.Hash}, but the patch was made against {expected}. Make it anew against the current file.");
            return;
        }

        var bytes = Content(file, before);
        if (bytes is null)
        {
            return;
        }

        if (file.Operation == FileOperation.Delete)
        {
            if (file.Edits.Count > 0 && bytes.Value.Length > 0)
            {
                Conflict(file, PatchConflictCode.ContextNotFound, "The file to delete holds more than the patch removes.");
                return;
            }

            _pairs.Add(new FilePair(file, before, null));
            return;
        }

        SetAfter(file, before, new FileImage(KindAfter(file, before), bytes.Value, ModeAfter(file, before)));
    }

    private ReadOnlyMemory<byte>? Content(FilePatch file, FileImage before)
    {
        if (file.Content is { } content)
        {
            return content.Bytes;
        }

        if (file.BinaryDelta is { } delta)
        {
            var result = GitDelta.Apply(before.Bytes.Span, delta.Bytes.Span, options.MaxFileBytes);
            if (result is null)
            {
                Conflict(file, PatchConflictCode.BaseMismatch, "The binary delta does not fit the file. Send the file whole.");
            }

            return result;
        }

        if (file.Edits.Count == 0)
        {
            return before.Bytes;
        }

        var growth = before.Bytes.Length + file.Edits.Sum(static edit => edit.Occurrence == EditOccurrence.All ? 0L : edit.New.Length);
        if (growth > options.MaxFileBytes * 2)
        {
            Conflict(file, PatchConflictCode.TooLarge, $"The file would exceed the limit of {options.MaxFileBytes} bytes.");
            return null;
        }

        var resolver = new EditResolver(file.Path, before.Bytes);
        var after = resolver.Apply(file.Edits);
        _conflicts.AddRange(resolver.Conflicts);
        return after;
    }

    private bool IsFree(FilePatch file, HashSet<string> freed)
    {
        foreach (var parent in TreeReader.Parents(file.Path))
        {
            var kind = tree.Entry(parent).Kind;
            if (kind == EntryKind.Missing || (kind == EntryKind.File && freed.Contains(parent)))
            {
                _before.TryAdd(file.Path, null);
                return true;
            }

            if (kind != EntryKind.Directory)
            {
                Conflict(file, PatchConflictCode.NotAFile, $"'{parent}' is {Describe(kind)}, so that no file can be made beneath it.");
                return false;
            }
        }

        var entry = Entry(file.Path);
        if (entry.Kind == EntryKind.Missing)
        {
            _before.TryAdd(file.Path, null);
            return true;
        }

        if (entry.Kind is EntryKind.File or EntryKind.Link && freed.Contains(file.Path))
        {
            return true;
        }

        Conflict(file, entry.Kind == EntryKind.File ? PatchConflictCode.FileExists : PatchConflictCode.NotAFile, $"There is {Describe(entry.Kind)} already where the patch makes a file.");
        return false;
    }

    private FileImage? Source(FilePatch file, string path)
    {
        if (_before.TryGetValue(path, out var known))
        {
            return known;
        }

        if (tree.Obstacle(path) is { } obstacle)
        {
            Conflict(file, PatchConflictCode.NotAFile, $"'{obstacle.Path}' is {Describe(obstacle.Kind)}; links are never followed.");
            return null;
        }

        var entry = Entry(path);
        if (entry.Kind == EntryKind.Missing)
        {
            Conflict(file, PatchConflictCode.FileMissing, $"'{path}' is not there.");
            return null;
        }

        if (entry.Kind != EntryKind.File && !(entry.Kind == EntryKind.Link && options.AllowSymbolicLinks))
        {
            Conflict(file, PatchConflictCode.NotAFile, $"'{path}' is {Describe(entry.Kind)}, not a plain file.");
            return null;
        }

        if (entry.Size > options.MaxFileBytes || (_totalBytes += entry.Size) > options.MaxTotalBytes)
        {
            Conflict(file, PatchConflictCode.TooLarge, $"'{path}' has {entry.Size} bytes, which exceeds a limit.");
            return null;
        }

        var image = tree.Read(path, entry);
        _before[path] = image;
        return image;
    }

    private void SetAfter(FilePatch file, FileImage? before, FileImage after)
    {
        if (after.Bytes.Length > options.MaxFileBytes || (_totalBytes += after.Bytes.Length) > options.MaxTotalBytes)
        {
            Conflict(file, PatchConflictCode.TooLarge, $"The file would have {after.Bytes.Length} bytes, which exceeds a limit.");
            return;
        }

        if (after.Kind == EntryKind.Link && LinkTarget.Refusal(file.Path, after.Bytes.Span, policy) is { } refusal)
        {
            Conflict(file, PatchConflictCode.OperationRefused, $"The link is refused: {refusal}.");
            return;
        }

        if (redactor is not null && SecretScan.BringsSecret(redactor, file.Path, before, after))
        {
            _conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.Secret,
                Path = redactor.Redact(file.Path),
                Message = "The patch would bring a known secret into the tree. Refer to it by its name instead.",
            });
            return;
        }

        _after[file.Path] = after;
        _pairs.Add(new FilePair(file, before, after));
    }

    private TreePlan Finish()
    {
        var changes = new List<TreeChange>();
        foreach (var (path, after) in _after)
        {
            // A path that is freed and taken again was read as a source, or stands there unread.
            var before = _before.TryGetValue(path, out var known) ? known : tree.Read(path, Entry(path));
            if (!FileImage.Same(before, after) || before?.Mode != after?.Mode)
            {
                changes.Add(new TreeChange(path, before, Entry(path).Identity, after));
            }
        }

        var files = _pairs.Select(static pair => ChangeSummary.Of(pair.Patch, pair.Before, pair.After)).ToValueList();
        if (changes.Count == 0)
        {
            return new TreePlan(PatchOutcome.AlreadyApplied, files, []);
        }

        changes.Sort(static (left, right) => string.CompareOrdinal(left.Path, right.Path));
        return new TreePlan(PatchOutcome.Applied, files, [])
        {
            Pairs = _pairs,
            Changes = changes,
            NewDirectories = DirectoryPlan.New(tree, changes),
            EmptiedDirectories = DirectoryPlan.Emptied(tree, changes),
        };
    }

    private FileEntry Entry(string path)
    {
        if (!_entries.TryGetValue(path, out var entry))
        {
            entry = tree.Entry(path);
            _entries[path] = entry;
        }

        return entry;
    }

    private static EntryKind KindAfter(FilePatch file, FileImage before) => file.NewMode switch
    {
        PatchFileMode.SymbolicLink => EntryKind.Link,
        PatchFileMode.Unspecified => before.Kind,
        _ => EntryKind.File,
    };

    private static UnixFileMode ModeAfter(FilePatch file, FileImage before)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        const int ReadBits = 0b100_100_100;
        return file.NewMode switch
        {
            _ when OperatingSystem.IsWindows() => before.Mode,
            PatchFileMode.Regular => before.Mode & ~Execute,
            PatchFileMode.Executable => before.Mode | (UnixFileMode)(((int)before.Mode & ReadBits) >> 2),
            _ => before.Mode,
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
