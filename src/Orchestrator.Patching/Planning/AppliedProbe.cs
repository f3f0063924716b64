namespace Orchestrator.Patching;

/// <summary>Finds out whether a tree already is as a patch set would make it.</summary>
internal sealed class AppliedProbe(TreeReader tree)
{
    /// <summary>What the steps that were looked at already found, and took away again in memory; what a step began from is not always known.</summary>
    private readonly Dictionary<string, (FileImage? Image, bool IsKnown)> _undone = new(StringComparer.Ordinal);

    /// <summary>What the files are, when all of the patch set is there; <see langword="null"/> otherwise.</summary>
    public ValueList<FileChange>? Probe(PatchSet patch)
    {
        var files = new List<FileChange>();
        var made = patch.Files.Where(static file => file.Operation == FileOperation.Create).Select(static file => file.Path).ToHashSet(StringComparer.Ordinal);

        // The last step is what stands there; the one before is seen only without it.
        foreach (var file in patch.IsSequential ? patch.Files.Reverse() : patch.Files)
        {
            if (!patch.IsSequential && file.Operation == FileOperation.Delete && made.Contains(file.Path))
            {
                continue;
            }

            if (!IsThere(file, out var image, out var before))
            {
                return null;
            }

            if (patch.IsSequential)
            {
                Undo(file, before);
            }

            files.Add(new FileChange { Path = file.Path, OldPath = file.OldPath, Operation = file.Operation, AfterHash = image?.Hash });
        }

        if (patch.IsSequential)
        {
            files.Reverse();
        }

        return files.ToValueList();
    }

    private void Undo(FilePatch file, FileImage? before)
    {
        var source = file.Operation == FileOperation.Rename ? file.OldPath! : file.Path;
        if (source != file.Path || file.Operation is FileOperation.Create or FileOperation.Copy)
        {
            _undone[file.Path] = (null, true);
        }

        if (file.Operation is FileOperation.Modify or FileOperation.Rename or FileOperation.Delete)
        {
            _undone[source] = (before, before is not null);
        }
    }

    private static readonly MatchSettings Strict = new() { MaxTier = MatchTier.LineEnds };

    /// <summary>Whether an edit leaves what it expects standing, so that it would fit again after it was applied.</summary>
    public static bool CanRepeat(PatchEdit edit) =>
        edit.New.Bytes.Span.StartsWith(edit.Old.Bytes.Span) || edit.New.Bytes.Span.EndsWith(edit.Old.Bytes.Span);

    private bool IsThere(FilePatch file, out FileImage? image, out FileImage? before)
    {
        (image, before) = (null, null);
        if (_undone.TryGetValue(file.Path, out var seen) && !seen.IsKnown)
        {
            return false;
        }

        image = Read(file.Path);
        if (file.Operation == FileOperation.Delete)
        {
            return image is null && IsMissing(file.Path);
        }

        if (image is null || (file.Operation == FileOperation.Rename && file.OldPath != file.Path && !IsMissing(file.OldPath!)))
        {
            return false;
        }

        if (!HasMode(file, image) || file.BinaryDelta is not null)
        {
            return false;
        }

        if (file.Content is { } content)
        {
            return image.Bytes.Span.SequenceEqual(content.Bytes.Span);
        }

        if (file.Operation == FileOperation.Create)
        {
            return image.Bytes.IsEmpty;
        }

        before = Before(file, image);
        return before is not null;
    }

    /// <summary>The file without the edits; <see langword="null"/> when it does not have them.</summary>
    private static FileImage? Before(FilePatch file, FileImage image)
    {
        if (!file.Edits.All(CanProve)
            || (file.Edits.Count == 0 ? image.Bytes : EditResolver.Apply(file.Path, image.Bytes, Reverse(file.Edits), Strict).After) is not { } bytes)
        {
            return null;
        }

        var before = new FileImage(image.Kind, bytes, image.Mode);
        var isProved = file.BaseHash is { } hash
            ? string.Equals(before.Hash, hash, StringComparison.OrdinalIgnoreCase)
            // Nothing is no proof: an edit that only removes leaves no trace.
            : file.Edits.All(static edit => !edit.New.IsEmpty);
        return isProved ? before : null;
    }

    /// <summary>A few characters by number, an indentation for example, may stand somewhere without having come from the patch.</summary>
    private static bool CanProve(PatchEdit edit) =>
        edit.Range is null || !edit.Old.IsEmpty || (edit.New.Bytes.Span.Contains((byte)'\n') && !edit.New.Bytes.Span.Trim(" \t\r\n"u8).IsEmpty);

    private static List<PatchEdit> Reverse(ValueList<PatchEdit> edits)
    {
        var shift = 0;
        var result = new List<PatchEdit>(edits.Count);
        foreach (var edit in edits)
        {
            var line = (edit.Range?.StartLine ?? edit.Line) + shift;
            result.Add(edit with { Old = edit.New, New = edit.Old, Line = line is { } at ? Math.Max(1, at) : null, Range = null });
            var gone = edit.Old.IsEmpty && edit.Range is { } range ? range.EndLine - range.StartLine : edit.Old.Bytes.Span.Count((byte)'\n');
            shift += edit.New.Bytes.Span.Count((byte)'\n') - gone;
        }

        return result;
    }

    private static bool HasMode(FilePatch file, FileImage image) => file.NewMode switch
    {
        PatchFileMode.SymbolicLink => image.Kind == EntryKind.Link,
        _ when OperatingSystem.IsWindows() => image.Kind == EntryKind.File,
        PatchFileMode.Executable => image.Kind == EntryKind.File && image.IsExecutable,
        PatchFileMode.Regular => image.Kind == EntryKind.File && !image.IsExecutable,
        _ => true,
    };

    private FileImage? Read(string path) => _undone.TryGetValue(path, out var undone) ? undone.Image
        : tree.Obstacle(path) is null ? tree.Read(path, tree.Entry(path)) : null;

    private bool IsMissing(string path) => _undone.TryGetValue(path, out var undone) ? undone is { IsKnown: true, Image: null }
        : tree.Obstacle(path) is null && tree.Entry(path).Kind == EntryKind.Missing;
}
