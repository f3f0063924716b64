using System.Buffers.Text;

namespace Orchestrator.Patching;

/// <summary>The line that begins a hunk. Its numbers are hints: the body says what the hunk is.</summary>
/// <param name="Line">The number of the line in the patch.</param>
/// <param name="OldStart">The first line in the file before; <see langword="null"/> in a header without numbers.</param>
/// <param name="OldCount">How many lines of the file before the hunk is said to hold.</param>
/// <param name="NewCount">How many lines of the file after.</param>
internal readonly record struct HunkHeader(int Line, int? OldStart, int OldCount, int NewCount)
{
    /// <summary>Whether a line begins a hunk, well-formed or not.</summary>
    public static bool Begins(ReadOnlySpan<byte> line) => line.StartsWith("@@ "u8) || line.SequenceEqual("@@"u8);

    /// <summary>Reads the current line.</summary>
    public static HunkHeader Read(PatchLines lines)
    {
        var line = lines.Header;
        if (line.SequenceEqual("@@"u8) || line.SequenceEqual("@@ @@"u8) || line.SequenceEqual("@@ ... @@"u8))
        {
            return new HunkHeader(lines.Number, null, 0, 0);
        }

        var at = 3;
        ReadRange(lines, line, ref at, (byte)'-', out var oldStart, out var oldCount);
        ReadRange(lines, line, ref at, (byte)'+', out _, out var newCount);
        return line[at..].StartsWith("@@"u8) ? new HunkHeader(lines.Number, oldStart, oldCount, newCount) : throw Wrong(lines, at);
    }

    private static void ReadRange(PatchLines lines, ReadOnlySpan<byte> line, ref int at, byte sign, out int start, out int count)
    {
        count = 1;
        if (at >= line.Length || line[at] != sign)
        {
            throw Wrong(lines, at);
        }

        at++;
        start = ReadNumber(lines, line, ref at);
        if (at < line.Length && line[at] == ',')
        {
            at++;
            count = ReadNumber(lines, line, ref at);
        }

        if (at >= line.Length || line[at] != ' ')
        {
            throw Wrong(lines, at);
        }

        at++;
    }

    private static int ReadNumber(PatchLines lines, ReadOnlySpan<byte> line, ref int at)
    {
        if (at >= line.Length || !char.IsAsciiDigit((char)line[at]) || !Utf8Parser.TryParse(line[at..], out int number, out var used) || number == int.MaxValue)
        {
            throw Wrong(lines, at);
        }

        at += used;
        return number;
    }

    private static PatchFormatException Wrong(PatchLines lines, int at) => lines.Malformed("The hunk does not begin with '@@ -line,count +line,count @@'.", at + 1);
}
