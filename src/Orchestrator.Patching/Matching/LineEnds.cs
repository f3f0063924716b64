using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>Line ends of texts.</summary>
internal static class LineEnds
{
    /// <summary>The text with all its line ends written one way.</summary>
    public static byte[] With(ReadOnlySpan<byte> text, ReadOnlySpan<byte> end)
    {
        var result = new ArrayBufferWriter<byte>(Math.Max(16, text.Length + 16));
        while (true)
        {
            var at = text.IndexOf((byte)'\n');
            if (at < 0)
            {
                result.Write(text);
                return result.WrittenSpan.ToArray();
            }

            result.Write(at > 0 && text[at - 1] == '\r' ? text[..(at - 1)] : text[..at]);
            result.Write(end);
            text = text[(at + 1)..];
        }
    }

    /// <summary>How new lines end at a place: as the line before it, else the one behind it, else the file's first.</summary>
    public static ReadOnlySpan<byte> Near(TextLines file, int line)
    {
        foreach (var near in (ReadOnlySpan<int>)[line - 1, line, line - 2, 0])
        {
            if (near >= 0 && near < file.Count && file.End(near) is { IsEmpty: false } end)
            {
                return end;
            }
        }

        return "\n"u8;
    }

    /// <summary>How the lines of a text end, in a word for a report.</summary>
    public static string Describe(TextLines file)
    {
        var span = file.Span;
        var feeds = span.Count((byte)'\n');
        if (feeds == 0)
        {
            return file.IsClassic ? "cr" : "none";
        }

        var both = span.Count("\r\n"u8);
        return both == 0 ? "lf" : both == feeds ? "crlf" : "mixed";
    }
}
