namespace Orchestrator.Patching;

/// <summary>The base-85 lines of git's binary patches: a length character, then five characters for every four bytes.</summary>
internal static class Base85
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

    /// <summary>The most bytes on one line.</summary>
    public const int LineBytes = 52;

    private static readonly sbyte[] Values = MakeValues();

    /// <summary>Decodes one line; the result is empty when it is not well-formed.</summary>
    public static byte[] DecodeLine(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            return [];
        }

        var length = line[0] switch
        {
            >= (byte)'A' and <= (byte)'Z' => line[0] - 'A' + 1,
            >= (byte)'a' and <= (byte)'z' => line[0] - 'a' + 27,
            _ => 0,
        };
        var text = line[1..];
        if (length == 0 || text.Length != (length + 3) / 4 * 5)
        {
            return [];
        }

        var result = new byte[text.Length / 5 * 4];
        for (var group = 0; group < text.Length / 5; group++)
        {
            ulong value = 0;
            for (var i = 0; i < 5; i++)
            {
                var digit = Values[text[(group * 5) + i]];
                if (digit < 0)
                {
                    return [];
                }

                value = (value * 85) + (ulong)digit;
            }

            if (value > uint.MaxValue)
            {
                return [];
            }

            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(group * 4), (uint)value);
        }

        return result[..length];
    }

    /// <summary>Encodes up to <see cref="LineBytes"/> bytes as one line without its end.</summary>
    public static string EncodeLine(ReadOnlySpan<byte> bytes)
    {
        Span<byte> padded = stackalloc byte[LineBytes];
        padded.Clear();
        bytes.CopyTo(padded);
        var groups = (bytes.Length + 3) / 4;
        var result = new char[1 + (groups * 5)];
        result[0] = (char)(bytes.Length <= 26 ? 'A' + bytes.Length - 1 : 'a' + bytes.Length - 27);
        for (var group = 0; group < groups; group++)
        {
            var value = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(padded[(group * 4)..]);
            for (var i = 5; i > 0; i--)
            {
                result[(group * 5) + i] = Alphabet[(int)(value % 85)];
                value /= 85;
            }
        }

        return new string(result);
    }

    private static sbyte[] MakeValues()
    {
        var values = new sbyte[256];
        Array.Fill(values, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
        }

        return values;
    }
}
