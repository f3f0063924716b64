using System.Security.Cryptography;

namespace Orchestrator.Patching;

/// <summary>Turns patch sets round, so that they take back what they did: what <c>-R</c> is to git and patch.</summary>
/// <remarks>Thread-safe. To take back what was applied here, <see cref="IPatchManager.RevertAsync"/> is the surer way: it knows the bytes before.</remarks>
public static class PatchReversal
{
    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>Makes the patch set that leads from the files after to the files before.</summary>
    /// <param name="patch">The patch set, as a diff gives it: its edits tell the bytes on both sides.</param>
    /// <returns>
    /// The patch set; or <see cref="PatchConflictCode.OperationRefused"/> when it does not hold what the way back needs: a binary file before, or a copy's content, or a place that is only
    /// known by numbers.
    /// </returns>
    public static PatchParseResult Reverse(PatchSet patch)
    {
        ArgumentNullException.ThrowIfNull(patch);
        var files = new List<FilePatch>(patch.Files.Count);
        foreach (var file in patch.Files.Reverse())
        {
            if (ReverseFile(file) is not { } reversed)
            {
                var message = $"The patch of '{file.Path}' cannot be turned round: it does not hold the file before.";
                return new PatchParseResult { Error = new PatchConflict { Code = PatchConflictCode.OperationRefused, Path = file.Path, Message = message } };
            }

            files.Add(reversed);
        }

        return new PatchParseResult { Patch = patch with { Files = files.ToValueList() } };
    }

    private static FilePatch? ReverseFile(FilePatch file)
    {
        if (file.BinaryDelta is not null || (file.Content is not null && file.Operation != FileOperation.Create))
        {
            return null;
        }

        return file.Operation switch
        {
            FileOperation.Create => ReverseCreate(file),
            FileOperation.Delete => ReverseDelete(file),
            FileOperation.Modify or FileOperation.Rename when ReverseEdits(file.Edits) is { } edits => file with
            {
                Path = file.OldPath ?? file.Path,
                OldPath = file.OldPath is null ? null : file.Path,
                OldMode = file.NewMode,
                NewMode = file.OldMode,
                BaseHash = null,
                BaseBlob = null,
                Edits = edits,
            },
            _ => null,
        };
    }

    private static FilePatch ReverseCreate(FilePatch file)
    {
        var content = file.Content ?? default;
        return new FilePatch
        {
            Path = file.Path,
            Operation = FileOperation.Delete,
            OldMode = file.NewMode,
            BaseHash = Convert.ToHexStringLower(SHA256.HashData(content.Bytes.Span)),
            Edits = content.IsEmpty ? [] : [new PatchEdit { Old = content, Line = 1, AtStart = true, AtEnd = true }],
        };
    }

    private static FilePatch? ReverseDelete(FilePatch file)
    {
        var isWhole = file.Edits.Count == 1 ? file.Edits[0].New.IsEmpty && file.BaseHash is not null : file.Edits.Count == 0 && file.BaseHash == EmptyHash;
        return isWhole
            ? new FilePatch { Path = file.Path, Operation = FileOperation.Create, NewMode = file.OldMode, Content = file.Edits.Count == 0 ? new PatchContent(default) : file.Edits[0].Old }
            : null;
    }

    private static ValueList<PatchEdit>? ReverseEdits(ValueList<PatchEdit> edits)
    {
        var reversed = new List<PatchEdit>(edits.Count);
        var moved = 0;
        foreach (var edit in edits)
        {
            if (edit.Range is not null || edit.Anchor is not null || edit.Occurrence != EditOccurrence.Unique)
            {
                return null;
            }

            reversed.Add(edit with { Old = edit.New, New = edit.Old, Line = edit.Line is { } line ? Math.Max(1, line + moved) : null });
            moved += Lines(edit.New) - Lines(edit.Old);
        }

        return reversed.ToValueList();
    }

    private static int Lines(PatchContent content)
    {
        var bytes = content.Bytes.Span;
        return bytes.Count((byte)'\n') + (bytes.IsEmpty || bytes[^1] == '\n' ? 0 : 1);
    }
}
