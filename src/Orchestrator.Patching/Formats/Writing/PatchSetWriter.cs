using System.Text;
using Orchestrator.Json;

namespace Orchestrator.Patching;

/// <summary>Writes file pairs as a patch set in JSON: exact edits with their lines, guarded by the hash of the file before.</summary>
internal static class PatchSetWriter
{
    private const int Context = 3;

    public static PatchContent Write(IReadOnlyList<FilePair> pairs, PatchSet patch)
    {
        var files = pairs.Where(static pair => !IsUnchanged(pair)).Select(File).ToValueList();
        var set = patch with { Files = files, IsSequential = false };
        return new PatchContent(Encoding.UTF8.GetBytes(OrchestratorJson.Write(set, OrchestratorJsonContext.Default.PatchSet) + "\n"));
    }

    private static bool IsUnchanged(FilePair pair) =>
        (pair.Patch.OldPath ?? pair.Patch.Path) == pair.Patch.Path && FileImage.Same(pair.Before, pair.After) && Mode(pair.Before) == Mode(pair.After);

    private static FilePatch File(FilePair pair)
    {
        var (before, after) = (pair.Before, pair.After);
        if (after is null)
        {
            return new FilePatch { Path = pair.Patch.Path, Operation = FileOperation.Delete, OldMode = Mode(before), BaseHash = before!.Hash };
        }

        if (before is null)
        {
            return new FilePatch { Path = pair.Patch.Path, Operation = FileOperation.Create, NewMode = Mode(after), Content = new PatchContent(after.Bytes) };
        }

        var oldPath = pair.Patch.OldPath == pair.Patch.Path ? null : pair.Patch.OldPath;
        var modes = Mode(before) != Mode(after);
        var isWhole = before.Kind == EntryKind.Link || after.Kind == EntryKind.Link || ChangeSummary.IsBinary(before.Bytes.Span) || ChangeSummary.IsBinary(after.Bytes.Span);
        return new FilePatch
        {
            Path = pair.Patch.Path,
            OldPath = oldPath,
            Operation = oldPath is null ? FileOperation.Modify : pair.Patch.Operation,
            OldMode = modes ? Mode(before) : PatchFileMode.Unspecified,
            NewMode = modes ? Mode(after) : PatchFileMode.Unspecified,
            BaseHash = before.Hash,
            Content = isWhole && !FileImage.Same(before, after) ? new PatchContent(after.Bytes) : null,
            Edits = isWhole ? [] : Edits(before.Bytes, after.Bytes),
        };
    }

    private static ValueList<PatchEdit> Edits(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var hunks = new LineHunks(before, after);
        return hunks.WithContext(Context).Select(hunk => new PatchEdit
        {
            Old = new PatchContent(hunks.Old(hunk)),
            New = new PatchContent(hunks.New(hunk)),
            Line = hunks.OldFrom(hunk) + 1,
        }).ToValueList();
    }

    private static PatchFileMode Mode(FileImage? image) => image switch
    {
        null => PatchFileMode.Unspecified,
        { Kind: EntryKind.Link } => PatchFileMode.SymbolicLink,
        { IsExecutable: true } => PatchFileMode.Executable,
        _ => PatchFileMode.Regular,
    };
}
