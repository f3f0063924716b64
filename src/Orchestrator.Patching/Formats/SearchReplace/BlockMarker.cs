namespace Orchestrator.Patching;

/// <summary>The three lines that make a SEARCH/REPLACE block: five to nine of a character, and a word. Spaces around them are allowed.</summary>
internal static class BlockMarker
{
    public static bool IsSearch(ReadOnlySpan<byte> trimmed)
    {
        var rest = Behind(trimmed, (byte)'<');
        return rest.SequenceEqual(" SEARCH"u8) || rest.SequenceEqual(" SEARCH>"u8);
    }

    public static bool IsDivider(ReadOnlySpan<byte> trimmed) => trimmed.Length >= 5 && trimmed[0] == '=' && Behind(trimmed, (byte)'=').IsEmpty;

    public static bool IsReplace(ReadOnlySpan<byte> trimmed) => Behind(trimmed, (byte)'>').SequenceEqual(" REPLACE"u8);

    public static bool IsAny(ReadOnlySpan<byte> trimmed) => IsSearch(trimmed) || IsDivider(trimmed) || IsReplace(trimmed);

    /// <summary>What follows five to nine of a character; the line itself when there are fewer or more.</summary>
    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> line, byte character)
    {
        var count = line.IndexOfAnyExcept(character);
        count = count < 0 ? line.Length : count;
        return count is >= 5 and <= 9 ? line[count..] : line;
    }
}
