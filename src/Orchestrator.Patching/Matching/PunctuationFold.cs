using System.Buffers;
using System.Text;

namespace Orchestrator.Patching;

/// <summary>Writes typographic quotes, dashes and spaces as their ASCII forms. All else stays, also what is not valid UTF-8.</summary>
internal static class PunctuationFold
{
    /// <summary>Folds a line; ASCII comes back as it is, without a copy.</summary>
    public static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> line)
    {
        if (Ascii.IsValid(line))
        {
            return line;
        }

        var result = new byte[line.Length];
        var written = 0;
        while (!line.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(line, out var rune, out var used) == OperationStatus.Done && Ascii.IsValid((byte)Map(rune.Value)))
            {
                result[written++] = (byte)Map(rune.Value);
            }
            else
            {
                line[..used].CopyTo(result.AsSpan(written));
                written += used;
            }

            line = line[used..];
        }

        return result.AsSpan(0, written);
    }

    /// <summary>The ASCII form; 0xFF for what has none.</summary>
    private static char Map(int rune) => rune switch
    {
        < 0x80 => (char)rune,
        0x2018 or 0x2019 or 0x201A or 0x201B or 0x2032 => '\'',
        0x201C or 0x201D or 0x201E or 0x201F or 0x2033 => '"',
        >= 0x2010 and <= 0x2015 or 0x2212 => '-',
        0xA0 or (>= 0x2000 and <= 0x200A) or 0x202F or 0x205F or 0x3000 => ' ',
        _ => (char)0xFF,
    };
}
