namespace Orchestrator.Patching;

/// <summary>Reads a patch in any form.</summary>
internal sealed class PatchReader(PatchOptions options)
{
    /// <summary>Reads a patch; the form is found out when it is not named.</summary>
    /// <exception cref="PatchFormatException">The patch cannot be read.</exception>
    public PatchSet Read(ReadOnlyMemory<byte> patch, string taskId, PatchFormat format)
    {
        if (patch.Length > options.MaxPatchBytes)
        {
            throw new PatchFormatException(PatchConflictCode.TooLarge, 1, $"The patch has {patch.Length} bytes; the limit is {options.MaxPatchBytes}.");
        }

        if (patch.Span.TrimStart(" \t\r\n"u8).IsEmpty)
        {
            throw new PatchFormatException(PatchConflictCode.Empty, 1, "The patch is empty.", 1);
        }

        // A mark before the text is how it was carried, and would hide the first line of a diff.
        patch = patch.Span.StartsWith("\uFEFF"u8) ? patch[3..] : patch;
        format = format == PatchFormat.Auto ? new FormatDetector(patch, options.MaxLineBytes).Detect() : format;
        return format switch
        {
            PatchFormat.UnifiedDiff => new UnifiedDiffParser(options).Parse(patch, taskId),
            PatchFormat.PatchSet => new PatchSetParser(options).Parse(patch, taskId),
            PatchFormat.AIPatch => new AIPatchParser(options).Parse(Text(patch), taskId),
            PatchFormat.ApplyPatch => new ApplyPatchParser(options).Parse(Text(patch), taskId),
            PatchFormat.SearchReplace => new SearchReplaceParser(options).Parse(Text(patch), taskId),
            PatchFormat.StrReplace => new StrReplaceParser(options).Parse(Text(patch), taskId),
            PatchFormat.WholeFile => new WholeFileParser(options).Parse(Text(patch), taskId),
            PatchFormat.LspEdit => new LspEditParser(options).Parse(Text(patch), taskId),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "The form is not known."),
        };
    }

    private ReplyText Text(ReadOnlyMemory<byte> patch) => new(patch, options.MaxLineBytes);
}
