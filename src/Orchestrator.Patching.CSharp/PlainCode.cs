namespace Orchestrator.Patching;

/// <summary>Takes comments and plain strings out of code, as far as that can be told without reading all of the language.</summary>
internal static class PlainCode
{
    public static byte[] Of(ReadOnlySpan<byte> text)
    {
        var result = new byte[text.Length];
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            var hidden = Hidden(text[at..]);
            if (hidden > 0)
            {
                at += hidden;
            }
            else
            {
                result[count++] = text[at++];
            }
        }

        return result[..count];
    }

    /// <summary>How long the comment or string is that begins here; 0 for none.</summary>
    private static int Hidden(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("/*"u8))
        {
            var end = text[2..].IndexOf("*/"u8);
            return end < 0 ? text.Length : end + 4;
        }

        if (text.StartsWith("//"u8))
        {
            var end = text.IndexOf((byte)'\n');
            return end < 0 ? text.Length : end;
        }

        return text[0] == '"' ? String(text) : 0;
    }

    private static int String(ReadOnlySpan<byte> text)
    {
        for (var at = 1; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                return at + 1;
            }

            if (text[at] == '\n')
            {
                return at;
            }

            at += text[at] == '\\' ? 1 : 0;
        }

        return text.Length;
    }
}
