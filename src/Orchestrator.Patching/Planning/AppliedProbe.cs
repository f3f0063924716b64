namespace Orchestrator.Patching;

/// <summary>Finds out whether a tree already is as a patch set would make it.</summary>
internal sealed class AppliedProbe(TreeReader tree)
{
    /// <summary>What the files are, when all of the patch set is there; <see langword="null"/> otherwise.</summary>
    public ValueList<FileChange>? Probe(PatchSet patch)
    {
        var files = new List<FileChange>();
        foreach (var file in patch.Files)
        {
            if (!IsThere(file, out var image))
            {
                return null;
            }

            files.Add(new FileChange { Path = file.Path, OldPath = file.OldPath, Operation = file.Operation, AfterHash = image?.Hash });
        }

        return files.ToValueList();
    }

    private bool IsThere(FilePatch file, out FileImage? image)
    {
        image = Read(file.Path);
        if (file.Operation == FileOperation.Delete)
        {
            return image is null && tree.Obstacle(file.Path) is null && tree.Entry(file.Path).Kind == EntryKind.Missing;
        }

        if (image is null || (file.Operation == FileOperation.Rename && file.OldPath != file.Path && tree.Entry(file.OldPath!).Kind != EntryKind.Missing))
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

        return file.Operation == FileOperation.Create ? image.Bytes.IsEmpty : HasEdits(file, image);
    }

    private static bool HasEdits(FilePatch file, FileImage image)
    {
        var before = file.Edits.Count == 0 ? image.Bytes.ToArray() : new EditResolver(file.Path, image.Bytes).Apply(Reverse(file.Edits));
        if (before is null)
        {
            return false;
        }

        if (file.BaseHash is { } hash)
        {
            return string.Equals(new FileImage(image.Kind, before, image.Mode).Hash, hash, StringComparison.OrdinalIgnoreCase);
        }

        // Nothing is no proof: an edit that only removes leaves no trace.
        return file.Edits.All(static edit => !edit.New.IsEmpty);
    }

    private static List<PatchEdit> Reverse(ValueList<PatchEdit> edits)
    {
        var shift = 0;
        var result = new List<PatchEdit>(edits.Count);
        foreach (var edit in edits)
        {
            result.Add(edit with { Old = edit.New, New = edit.Old, Line = edit.Line is { } line ? Math.Max(1, line + shift) : null });
            shift += edit.New.Bytes.Span.Count((byte)'\n') - edit.Old.Bytes.Span.Count((byte)'\n');
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

    private FileImage? Read(string path) => tree.Obstacle(path) is null ? tree.Read(path, tree.Entry(path)) : null;
}
