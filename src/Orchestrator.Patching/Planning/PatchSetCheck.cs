namespace Orchestrator.Patching;

/// <summary>Checks a patch set by itself, before any file is looked at.</summary>
internal sealed class PatchSetCheck(PatchOptions options, PathPolicy policy)
{
    public List<PatchConflict> Check(PatchSet patch)
    {
        var conflicts = new List<PatchConflict>();
        if (patch.Version > PatchSet.CurrentVersion)
        {
            conflicts.Add(new PatchConflict { Code = PatchConflictCode.Malformed, Message = $"The patch set has the unknown version {patch.Version}." });
        }

        if (patch.Files.Count == 0)
        {
            conflicts.Add(new PatchConflict { Code = PatchConflictCode.Empty, Message = "The patch changes no file." });
        }

        if (patch.Files.Count > options.MaxFiles || patch.Files.Sum(static file => (long)file.Edits.Count) > options.MaxEdits)
        {
            conflicts.Add(new PatchConflict { Code = PatchConflictCode.TooLarge, Message = $"The patch has more than {options.MaxFiles} files or {options.MaxEdits} edits." });
            return conflicts;
        }

        foreach (var file in patch.Files)
        {
            conflicts.AddRange(CheckFile(file));
        }

        if (!patch.IsSequential)
        {
            CheckCollisions(patch, conflicts);
        }

        return conflicts;
    }

    private List<PatchConflict> CheckFile(FilePatch file)
    {
        var moves = file.Operation is FileOperation.Rename or FileOperation.Copy;
        var paths = file.OldPath is { } oldPath && oldPath != file.Path ? [oldPath, file.Path] : (ReadOnlySpan<string>)[file.Path];
        var conflicts = new List<PatchConflict>();
        foreach (var path in paths)
        {
            if (policy.Check(path) is { } refused)
            {
                conflicts.Add(refused);
            }
        }

        if (!Enum.IsDefined(file.Operation) || file.Operation == FileOperation.Unknown)
        {
            conflicts.Add(Refused(file, PatchConflictCode.OperationRefused, "The operation is not known."));
        }

        var operation = file.Operation == FileOperation.Rename && file.OldPath == file.Path ? FileOperation.Modify : file.Operation;
        if (Enum.IsDefined(operation) && operation != FileOperation.Unknown && !options.AllowedOperations.Contains(operation))
        {
            conflicts.Add(Refused(file, PatchConflictCode.OperationRefused, $"The settings allow no patch to {Verb(operation)} files."));
        }

        if (file.OldMode == PatchFileMode.Submodule || file.NewMode == PatchFileMode.Submodule)
        {
            conflicts.Add(Refused(file, PatchConflictCode.OperationRefused, "Submodules cannot be changed by a patch."));
        }

        if (!options.AllowSymbolicLinks && (file.OldMode == PatchFileMode.SymbolicLink || file.NewMode == PatchFileMode.SymbolicLink))
        {
            conflicts.Add(Refused(file, PatchConflictCode.OperationRefused, "Symbolic links are not allowed by the settings."));
        }

        if (file.NewMode == PatchFileMode.SymbolicLink && file.Path[(file.Path.LastIndexOf('/') + 1)..].StartsWith(".git", StringComparison.OrdinalIgnoreCase))
        {
            conflicts.Add(Refused(file, PatchConflictCode.OperationRefused, "What the version control reads must not be a link."));
        }

        if (moves && file.OldPath is null)
        {
            conflicts.Add(Refused(file, PatchConflictCode.Malformed, "A rename or copy needs the path before."));
        }

        if (!moves && file.OldPath is { } stray && stray != file.Path)
        {
            conflicts.Add(Refused(file, PatchConflictCode.Malformed, "Only a rename or copy has a path before."));
        }

        var forms = (file.Content is null ? 0 : 1) + (file.BinaryDelta is null ? 0 : 1) + (file.Edits.Count == 0 ? 0 : 1);
        if (forms > 1)
        {
            conflicts.Add(Refused(file, PatchConflictCode.Malformed, "Content, delta and edits exclude each other."));
        }

        if (file.Operation == FileOperation.Create && file.Content is null && forms > 0)
        {
            conflicts.Add(Refused(file, PatchConflictCode.Malformed, "A new file needs its content, not edits."));
        }

        return conflicts;
    }

    private static void CheckCollisions(PatchSet patch, List<PatchConflict> conflicts)
    {
        var targets = new Dictionary<string, FilePatch>(StringComparer.Ordinal);
        var folded = new Dictionary<string, string>(StringComparer.Ordinal);
        var removed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in patch.Files)
        {
            if (!targets.TryAdd(file.Path, file) && !IsRewrite(targets, file))
            {
                conflicts.Add(Refused(file, PatchConflictCode.PathCollision, "The patch names the file twice. Put all its edits into one file patch."));
            }

            var key = PathPolicy.FoldKey(file.Path);
            if (!folded.TryAdd(key, file.Path) && folded[key] != file.Path)
            {
                conflicts.Add(Refused(file, PatchConflictCode.PathCollision, $"Some file systems do not tell the path from '{folded[key]}'."));
            }
        }

        foreach (var file in patch.Files)
        {
            if (file.Operation == FileOperation.Rename && file.OldPath is { } source && source != file.Path)
            {
                if (!removed.Add(source) || (targets.TryGetValue(source, out var other) && other.Operation is FileOperation.Modify or FileOperation.Delete && other.Path == source))
                {
                    conflicts.Add(Refused(file, PatchConflictCode.PathCollision, $"The patch renames '{source}' and also changes, deletes or renames it otherwise."));
                }
            }

            if (file.Operation != FileOperation.Delete
                && TreeReader.Parents(file.Path).FirstOrDefault(parent => targets.TryGetValue(parent, out var above) && above.Operation != FileOperation.Delete) is { } parent)
            {
                conflicts.Add(Refused(file, PatchConflictCode.PathCollision, $"The patch makes '{parent}' a file, so that there can be no file beneath it."));
            }
        }
    }

    /// <summary>Deleting a file and making it anew is one change; a third naming is too much.</summary>
    private static bool IsRewrite(Dictionary<string, FilePatch> targets, FilePatch file)
    {
        var first = targets[file.Path];
        if ((first.Operation, file.Operation) is not ((FileOperation.Delete, FileOperation.Create) or (FileOperation.Create, FileOperation.Delete)))
        {
            return false;
        }

        // Whatever else names the path meets neither of both.
        targets[file.Path] = first with { Operation = FileOperation.Modify };
        return true;
    }

    private static string Verb(FileOperation operation) => operation switch
    {
        FileOperation.Create => "make",
        FileOperation.Modify => "change",
        FileOperation.Delete => "delete",
        FileOperation.Rename => "rename",
        _ => "copy",
    };

    private static PatchConflict Refused(FilePatch file, PatchConflictCode code, string message) => new() { Code = code, Path = file.Path, Message = message };
}
