using System.Buffers.Text;
using System.IO.Compression;

namespace Orchestrator.Patching;

/// <summary>Reads the part of a diff that begins with <c>GIT binary patch</c>.</summary>
internal sealed class BinaryPatchReader(PatchLines lines, PatchBudget budget)
{
    /// <summary>One direction of a binary patch.</summary>
    internal sealed record Part(bool IsDelta, byte[] Bytes);

    /// <summary>Reads both directions; the current line is the first one after the title.</summary>
    public (Part Forward, Part? Reverse) Read()
    {
        var forward = ReadPart() ?? throw lines.Malformed("'literal' or 'delta' with a size is expected in a binary patch.");
        return (forward, ReadPart());
    }

    private Part? ReadPart()
    {
        var isDelta = lines.HeaderStarts("delta "u8);
        if (!isDelta && !lines.HeaderStarts("literal "u8))
        {
            return null;
        }

        var text = lines.Header[(isDelta ? 6 : 8)..];
        if (!Utf8Parser.TryParse(text, out long size, out var used) || used != text.Length || size < 0)
        {
            throw lines.Malformed("The size of the binary patch is not a number.", isDelta ? 7 : 9);
        }

        budget.Take(size, lines.Number);
        lines.MoveNext();
        using var packed = new MemoryStream();
        while (!lines.AtEnd && !lines.Header.IsEmpty)
        {
            var bytes = Base85.DecodeLine(lines.Header);
            if (bytes.Length == 0)
            {
                throw lines.Malformed("The line of the binary patch is not base 85.");
            }

            packed.Write(bytes);
            lines.MoveNext();
        }

        if (lines.AtEnd && lines.Header.IsEmpty && packed.Length == 0)
        {
            throw lines.Malformed("The binary patch ends too early.");
        }

        lines.MoveNext();
        return new Part(isDelta, Unpack(packed, (int)size));
    }

    private byte[] Unpack(MemoryStream packed, int size)
    {
        packed.Position = 0;
        var result = new byte[size];
        try
        {
            using var stream = new ZLibStream(packed, CompressionMode.Decompress);
            var read = stream.ReadAtLeast(result, size, throwOnEndOfStream: false);
            if (read == size && stream.ReadByte() < 0)
            {
                return result;
            }
        }
        catch (InvalidDataException)
        {
            throw lines.Malformed("The binary patch cannot be unpacked.");
        }

        throw lines.Malformed($"The binary patch does not unpack to the {size} bytes that it announces.");
    }
}
