using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>Tells the lines of a diff from each other and from what stands around it.</summary>
internal static class DiffText
{
    private static readonly SearchValues<byte> RangeCharacters = SearchValues.Create("0123456789,"u8);

    /// <summary>Whether a line can stand in a hunk.</summary>
    public static bool IsBodyLine(ReadOnlySpan<byte> line) => !line.IsEmpty && line[0] is (byte)' ' or (byte)'+' or (byte)'-' or (byte)'\\';

    /// <summary>Whether a line begins a hunk or a file, beyond doubt.</summary>
    public static bool BeginsDiff(ReadOnlySpan<byte> line) =>
        HunkHeader.Begins(line) || line.StartsWith("diff "u8) || line.StartsWith("Index: "u8) || line.StartsWith("====="u8) || line.StartsWith("From "u8);

    /// <summary>Whether a line divides the text of a mail from its signature.</summary>
    public static bool IsSignature(ReadOnlySpan<byte> line) => line.SequenceEqual("-- "u8) || line.SequenceEqual("--"u8);

    /// <summary>Why a line outside of a diff means that the patch is of a form that is not read, or leaves something out; <see langword="null"/> for prose.</summary>
    public static string? Refusal(ReadOnlySpan<byte> line, ReadOnlySpan<byte> next)
    {
        if (line.IsEmpty)
        {
            return null;
        }

        return line[0] switch
        {
            (byte)'@' when line.StartsWith("@@@"u8) => "Combined diffs of merges are not read; make a diff against one parent.",
            (byte)'@' when line.StartsWith("@@ -"u8) => "The hunk belongs to no file.",
            (byte)'d' when line.StartsWith("diff --cc "u8) || line.StartsWith("diff --combined "u8) => "Combined diffs of merges are not read; make a diff against one parent.",
            (byte)'G' when line.StartsWith("GIT binary patch"u8) => "The binary patch belongs to no file.",
            (byte)'O' when line.StartsWith("Only in "u8) && line.Contains((byte)':') => "The diff leaves out a file that is only on one side; make it with 'diff -N'.",
            (byte)'*' when line.StartsWith("*** "u8) && next.StartsWith("--- "u8) || line.StartsWith("***************"u8) && next.StartsWith("*** "u8) =>
                "Context diffs are not read; make the diff with 'diff -u'.",
            >= (byte)'0' and <= (byte)'9' => RefusalOfCommand(line, next),
            _ => null,
        };
    }

    /// <summary>Whether the line says that a binary file is left out.</summary>
    public static bool LeavesOutBinary(ReadOnlySpan<byte> line) => (line.StartsWith("Binary files "u8) || line.StartsWith("Files "u8)) && line.EndsWith(" differ"u8);

    /// <summary>Lines such as <c>12,14c12</c> begin a change of a normal diff, and such as <c>12,14d</c> one of an ed script.</summary>
    private static string? RefusalOfCommand(ReadOnlySpan<byte> line, ReadOnlySpan<byte> next)
    {
        var letter = line.IndexOfAnyExcept(RangeCharacters);
        if (letter < 0)
        {
            return null;
        }

        var rest = line[(letter + 1)..];
        if (line[letter] is (byte)'a' or (byte)'c' or (byte)'d' && rest.IsEmpty)
        {
            return "Ed scripts are not read; make the diff with 'diff -u'.";
        }

        var isNormal = line[letter] is (byte)'a' or (byte)'c' or (byte)'d' && rest.IndexOfAnyExcept(RangeCharacters) < 0 && (next.StartsWith("< "u8) || next.StartsWith("> "u8));
        return isNormal ? "Normal diffs are not read; make the diff with 'diff -u'." : null;
    }
}
