namespace Orchestrator.Patching;

/// <summary>Writes file pairs in any form.</summary>
internal static class PatchWriter
{
    /// <summary>Writes pairs of files.</summary>
    /// <param name="pairs">The files before and after.</param>
    /// <param name="patch">The patch set that they come from, for its id and who made it.</param>
    /// <param name="format">The form.</param>
    /// <param name="workspace">The URI of the root for LSP edits; <see langword="null"/> for relative ones.</param>
    /// <exception cref="PatchingException">The form cannot say it.</exception>
    public static PatchContent Write(IReadOnlyList<FilePair> pairs, PatchSet patch, PatchFormat format, string? workspace)
    {
        switch (format)
        {
            case PatchFormat.Auto or PatchFormat.UnifiedDiff:
                using (var writer = new GitDiffWriter())
                {
                    return writer.Write(pairs);
                }

            case PatchFormat.PatchSet:
                return PatchSetWriter.Write(pairs, patch);
            case PatchFormat.AIPatch:
                return AIPatchWriter.Write(Changes(pairs, format), patch);
            case PatchFormat.ApplyPatch:
                return ApplyPatchWriter.Write(Changes(pairs, format));
            case PatchFormat.SearchReplace:
                return SearchReplaceWriter.Write(Changes(pairs, format));
            case PatchFormat.StrReplace:
                return StrReplaceWriter.Write(Changes(pairs, format));
            case PatchFormat.WholeFile:
                return WholeFileWriter.Write(Changes(pairs, format));
            case PatchFormat.LspEdit:
                return LspEditWriter.Write(Changes(pairs, format), workspace);
            default:
                throw new ArgumentOutOfRangeException(nameof(format), format, "The form is not known.");
        }
    }

    private static IEnumerable<TextChange> Changes(IEnumerable<FilePair> pairs, PatchFormat format) =>
        pairs.Select(pair => TextChange.Of(pair, format)).OfType<TextChange>();
}
