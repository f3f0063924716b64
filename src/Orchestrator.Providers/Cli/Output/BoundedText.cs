using System.Text;

namespace Orchestrator.Providers.Cli.Output;

/// <summary>Keeps what an agent printed within bounds, so that no agent can fill our memory or the database.</summary>
internal static class BoundedText
{
    /// <summary>The most characters of a message or a summary.</summary>
    public const int Message = 64 * 1024;

    /// <summary>The most characters of a command, path or query, and of a line about progress.</summary>
    public const int Line = 4 * 1024;

    /// <summary>The most characters of a session's or a model's name.</summary>
    public const int Name = 200;

    /// <summary>
    /// The text without what no table takes, NUL and halves of surrogate pairs, and not longer than that; an end that was cut off is shown as an ellipsis.
    /// </summary>
    public static string Cut(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return Clean(text);
        }

        var length = char.IsHighSurrogate(text[longest - 2]) ? longest - 2 : longest - 1;
        return Clean(string.Concat(text.AsSpan(0, length), "…"));
    }

    /// <summary>A name in bounds; <see langword="null"/> for a blank one.</summary>
    public static string? CutName(string? name) => string.IsNullOrWhiteSpace(name) ? null : Cut(name, Name);

    private static string Clean(string text)
    {
        var whole = text.Replace('\0', '\uFFFD');
        if (!whole.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return whole;
        }

        var clean = new StringBuilder(whole.Length);
        foreach (var rune in whole.EnumerateRunes())
        {
            clean.Append(rune); // Of a half, U+FFFD.
        }

        return clean.ToString();
    }
}
