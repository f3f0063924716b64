using System.Text;

namespace Orchestrator.Patching;

/// <summary>Comments such as <c>// ... existing code ...</c> that stand for a part left out.</summary>
internal static class ElisionComment
{
    private static readonly string[] Openers = ["//", "#", "--", "/*", "<!--", ";", "%", "'", "{/*"];

    private static readonly string[] Words =
        ["existing code", "rest of", "remains unchanged", "remain unchanged", "unchanged code", "code unchanged", "same as before", "previous code", "remaining code", "other methods"];

    /// <summary>Whether a line without the space around it is such a comment.</summary>
    public static bool Is(ReadOnlySpan<byte> line)
    {
        if (line.Length > 200 || (line.IndexOf("..."u8) < 0 && line.IndexOf("\u2026"u8) < 0))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(line);
        return Openers.Any(opener => text.StartsWith(opener, StringComparison.Ordinal)) && Words.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
