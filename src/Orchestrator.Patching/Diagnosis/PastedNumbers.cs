namespace Orchestrator.Patching;

/// <summary>Recognises text that was copied together with the line numbers of a listing.</summary>
internal static class PastedNumbers
{
    /// <summary>The text without the numbers before its lines; <see langword="null"/> when not every line has one.</summary>
    public static byte[]? Strip(TextLines text)
    {
        var result = new List<byte>(text.Bytes.Length);
        for (var line = 0; line < text.Count; line++)
        {
            var content = text.Content(line);
            if (content.IsEmpty)
            {
                result.AddRange(text.End(line));
                continue;
            }

            var rest = content.TrimStart(" \t"u8);
            var digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1 || Separator(rest[digits..]) is not { } separator)
            {
                return null;
            }

            result.AddRange(rest[(digits + separator)..]);
            result.AddRange(text.End(line));
        }

        return result.Count == 0 ? null : [.. result];
    }

    private static int? Separator(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'\t', ..] => 1,
        [(byte)'|' or (byte)':', (byte)' ', ..] => 2,
        [(byte)' ', (byte)'|', (byte)' ', ..] => 3,
        [(byte)'|' or (byte)':', ..] => 1,
        _ => text.StartsWith("→"u8) ? 3 : null,
    };
}
