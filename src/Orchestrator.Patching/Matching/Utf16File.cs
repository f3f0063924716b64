using System.Text;

namespace Orchestrator.Patching;

/// <summary>A file in UTF-16 with a byte-order mark, read as UTF-8 so that edits of text fit it. Only files that come back byte for byte are read so.</summary>
internal sealed class Utf16File
{
    private static readonly UnicodeEncoding Little = new(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UnicodeEncoding Big = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UTF8Encoding Utf8Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly Encoding _encoding;

    private Utf16File(Encoding encoding, ReadOnlyMemory<byte> utf8)
    {
        _encoding = encoding;
        Utf8 = utf8;
    }

    /// <summary>The file as UTF-8, with a byte-order mark.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Reads a file; <see langword="null"/> when it is not UTF-16, or the edits are of bytes that are.</summary>
    public static Utf16File? TryDecode(ReadOnlyMemory<byte> file, IReadOnlyList<PatchEdit> edits)
    {
        var span = file.Span;
        Encoding? encoding = span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Little : span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Big : null;
        if (encoding is null || span.Length % 2 != 0 || edits.Any(static edit => edit.Old.Bytes.Span.Contains((byte)0) || edit.New.Bytes.Span.Contains((byte)0)))
        {
            return null;
        }

        try
        {
            // The mark itself is the first character of both.
            return new Utf16File(encoding, Utf8Strict.GetBytes(encoding.GetString(span)));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The file after, in its own encoding; <see langword="null"/> when the edits brought what is not UTF-8.</summary>
    public ReadOnlyMemory<byte>? Encode(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return _encoding.GetBytes(Utf8Strict.GetString(utf8.Span));
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
