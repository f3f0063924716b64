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

    /// <summary>The text without NUL, which no table takes, and not longer than that; an end that was cut off is shown as an ellipsis.</summary>
    public static string Cut(string text, int longest)
    {
        var clean = text.Replace('\0', '\uFFFD');
        if (clean.Length <= longest)
        {
            return clean;
        }

        var length = char.IsHighSurrogate(clean[longest - 2]) ? longest - 2 : longest - 1;
        return string.Concat(clean.AsSpan(0, length), "…");
    }

    /// <summary>A name in bounds; <see langword="null"/> for a blank one.</summary>
    public static string? CutName(string? name) => string.IsNullOrWhiteSpace(name) ? null : Cut(name, Name);
}
