using System.Text;

namespace Orchestrator.Patching;

/// <summary>Paths as git writes them: as they are, or in quotes with escapes when they hold something unusual.</summary>
internal static class GitPath
{
    public static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a path in quotes from the start of text.</summary>
    /// <returns>How many bytes it takes; 0 when it is not well-formed.</returns>
    public static int Unquote(ReadOnlySpan<byte> text, out byte[] path)
    {
        path = [];
        if (text.IsEmpty || text[0] != '"')
        {
            return 0;
        }

        var result = new List<byte>(text.Length);
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                path = [.. result];
                return i + 1;
            }

            if (text[i] != '\\')
            {
                result.Add(text[i]);
                continue;
            }

            var used = Escape(text[(i + 1)..], out var value);
            if (used == 0)
            {
                return 0;
            }

            result.Add(value);
            i += used;
        }

        return 0;
    }

    /// <summary>A path as a header of a diff: in quotes when git would put it in quotes.</summary>
    public static string Quote(string path)
    {
        var plain = path.All(static c => c is > '\x1f' and < '\x7f' and not '"' and not '\\');
        if (plain)
        {
            return path;
        }

        var result = new StringBuilder("\"");
        foreach (var b in StrictUtf8.GetBytes(path))
        {
            if (b is (byte)'"' or (byte)'\\')
            {
                result.Append('\\').Append((char)b);
            }
            else if (b is > 0x1f and < 0x7f)
            {
                result.Append((char)b);
            }
            else
            {
                result.Append('\\').Append(Convert.ToString(b, 8).PadLeft(3, '0'));
            }
        }

        return result.Append('"').ToString();
    }

    private static int Escape(ReadOnlySpan<byte> text, out byte value)
    {
        value = 0;
        if (text.IsEmpty)
        {
            return 0;
        }

        var simple = "abtnvfr\"\\".IndexOf((char)text[0], StringComparison.Ordinal);
        if (simple >= 0)
        {
            value = (byte)"\a\b\t\n\v\f\r\"\\"[simple];
            return 1;
        }

        if (text.Length < 3 || text[0] is < (byte)'0' or > (byte)'3')
        {
            return 0;
        }

        for (var i = 0; i < 3; i++)
        {
            if (text[i] is < (byte)'0' or > (byte)'7')
            {
                return 0;
            }

            value = (byte)((value << 3) | (text[i] - '0'));
        }

        return 3;
    }
}
