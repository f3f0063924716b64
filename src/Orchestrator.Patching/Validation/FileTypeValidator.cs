namespace Orchestrator.Patching;

/// <summary>Refuses edits that bring NUL bytes into text. Whole files and binary deltas say what they are, and pass.</summary>
internal sealed class FileTypeValidator : IPatchValidator
{
    public string Name => PatchValidators.FileType;

    public IEnumerable<PatchConflict> Validate(PatchValidationContext file, CancellationToken cancellationToken)
    {
        if (file.IsSymbolicLink || file.Edits.Count == 0 || !file.Edits.Any(static edit => edit.New.Bytes.Span.Contains((byte)0))
            || file.Before is not { IsEmpty: false } before || before.Bytes.Span.Contains((byte)0))
        {
            return [];
        }

        return [file.Refuse(PatchConflictCode.OperationRefused, "The edits bring NUL bytes into a text file. Send the file whole when it shall become binary.", file.LineOf("\0"u8))];
    }
}
