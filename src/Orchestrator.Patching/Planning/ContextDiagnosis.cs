using System.Text;

namespace Orchestrator.Patching;

/// <summary>Tells where an edit that fits nowhere comes nearest to fitting, and in which line it first differs.</summary>
internal readonly ref struct ContextDiagnosis(string path, ReadOnlySpan<byte> before, LineIndex lines)
{
    private const int WindowLines = 6;
    private const int WindowBytes = 2048;
    private const int MaxPlaces = 1000;

    private readonly ReadOnlySpan<byte> _before = before;

    public PatchConflict NotFound(PatchEdit edit, int index, int offset)
    {
        var old = edit.Old.Bytes.Span;
        var expected = new LineIndex(old);
        var hint = edit.Line is { } line ? Math.Clamp(line + offset, 1, Math.Max(1, lines.Count)) : 1;
        var best = hint;
        var bestEqual = EqualLines(old, expected, hint);
        var first = LineOf(old, expected, 1);
        for (var at = 1; at <= Math.Min(lines.Count, int.MaxValue - 1) && at <= MaxPlaces * 100; at++)
        {
            if (!LineOf(_before, lines, at).SequenceEqual(first))
            {
                continue;
            }

            var equal = EqualLines(old, expected, at);
            if (equal > bestEqual || (equal == bestEqual && Math.Abs(at - hint) < Math.Abs(best - hint)))
            {
                (best, bestEqual) = (at, equal);
            }
        }

        var diverging = best + bestEqual;
        var isPlace = bestEqual == expected.Count;
        return new PatchConflict
        {
            Code = PatchConflictCode.ContextNotFound,
            Path = path,
            Edit = index,
            Line = diverging,
            Expected = Window(old, expected, bestEqual + 1),
            Actual = Window(_before, lines, diverging),
            Message = isPlace
                ? $"The expected lines are at line {best}, but the edit says that they {(edit.AtStart ? "begin" : "end")} the file."
                : diverging > lines.Count
                    ? $"The expected text is not in the file. The nearest place is line {best}; the file ends where line {diverging} is expected."
                    : $"The expected text is not in the file. The nearest place is line {best}; the first line that differs is line {diverging}.",
        };
    }

    private int EqualLines(ReadOnlySpan<byte> old, LineIndex expected, int at)
    {
        var equal = 0;
        while (equal < expected.Count && at + equal <= lines.Count
            && LineOf(old, expected, equal + 1).SequenceEqual(LineOf(_before, lines, at + equal)))
        {
            equal++;
        }

        return equal;
    }

    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> bytes, LineIndex index, int line) =>
        line < 1 || line > index.Count ? default : bytes[index.Start(line)..index.Start(line + 1)];

    private static string Window(ReadOnlySpan<byte> bytes, LineIndex index, int from)
    {
        if (from < 1 || from > index.Count)
        {
            return "";
        }

        var end = index.Start(Math.Min(index.Count + 1, from + WindowLines));
        var window = bytes[index.Start(from)..end];
        return Encoding.UTF8.GetString(window[..Math.Min(window.Length, WindowBytes)]);
    }
}
