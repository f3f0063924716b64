namespace Orchestrator.Patching;

/// <summary>Makes the content of one file after from the content before.</summary>
internal sealed class FileContents(PatchOptions options, IPatchBase? patchBase)
{
    private readonly FileEditor _editor = new(options, patchBase);

    /// <summary>For files that the patch set itself has changed already: no base knows them.</summary>
    private readonly FileEditor _plain = new(options);

    /// <summary>Whether all that the patch does is to add at the end: that it can do to a file that is not there.</summary>
    public static bool OnlyAppends(FilePatch file) => file.Operation == FileOperation.Modify && file.BaseHash is null && file.Edits.Count > 0
        && file.Edits.All(static edit => edit is { IsText: true, AtEnd: true, AtStart: false, Range: null, Anchor: null } && edit.Old.IsEmpty);

    public EditResult Of(FilePatch file, PlannedFile before)
    {
        var bytes = before.Image.Bytes;
        if (file.Content is { } content)
        {
            return new EditResult { After = content.Bytes };
        }

        if (file.BinaryDelta is { } delta)
        {
            return GitDelta.Apply(bytes.Span, delta.Bytes.Span, options.MaxFileBytes) is { } result
                ? new EditResult { After = result }
                : Refused(file, PatchConflictCode.BaseMismatch, "The binary delta does not fit the file. Send the file whole.");
        }

        if (file.Edits.Count == 0)
        {
            return new EditResult { After = bytes };
        }

        var growth = bytes.Length + file.Edits.Sum(static edit => edit.Occurrence == EditOccurrence.All ? 0L : edit.New.Length);
        if (growth > options.MaxFileBytes * 2)
        {
            return Refused(file, PatchConflictCode.TooLarge, $"The file would exceed the limit of {options.MaxFileBytes} bytes.");
        }

        if (options.RequireProof && before.Steps.Count == 0 && !IsProved(file, bytes))
        {
            return Refused(
                file, PatchConflictCode.BaseMismatch, "Line numbers alone do not tell that the file is the one that they speak of. Give the text that stands there, or the hash of the file.");
        }

        return (before.Steps.Count == 0 ? _editor : _plain).Apply(file, bytes);
    }

    private bool IsProved(FilePatch file, ReadOnlyMemory<byte> bytes) =>
        file.BaseHash is not null
        || file.Edits.All(static edit => edit.Range is null || !edit.Old.IsEmpty)
        || (patchBase?.ReadFile(file.OldPath ?? file.Path) is { } known && known.Bytes.Span.SequenceEqual(bytes.Span));

    private static EditResult Refused(FilePatch file, PatchConflictCode code, string message) =>
        new() { Conflicts = [new PatchConflict { Code = code, Path = file.Path, Message = message }] };
}
