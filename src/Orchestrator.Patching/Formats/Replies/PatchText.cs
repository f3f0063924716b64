namespace Orchestrator.Patching;

/// <summary>Makes the parts of a patch set from text that came in; what a contract refuses is told with its place.</summary>
internal static class PatchText
{
    /// <summary>Lines of text: what is not empty ends with a line feed.</summary>
    public static PatchContent Lines(string text) => PatchContent.FromText(text.Length == 0 || text.EndsWith('\n') ? text : text + "\n");

    /// <summary>A path that a file patch can hold.</summary>
    /// <param name="path">The path.</param>
    /// <param name="error">Makes the error with its place.</param>
    public static string Path(string path, Func<string, PatchConflictCode, PatchFormatException> error)
    {
        if (string.IsNullOrWhiteSpace(path))
        {
            throw error("The name of the file is empty.", PatchConflictCode.Malformed);
        }

        if (path.Length > 4096 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw error("The name of the file is too long, or holds a NUL character.", PatchConflictCode.PathRefused);
        }

        return path;
    }
}
