using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>Makes what takes a place that is not byte for byte as the patch expects it: common lines keep the file's bytes, new lines end and are indented as the file's.</summary>
internal static class Replacement
{
    /// <summary>The bytes for a place that was found.</summary>
    public static ReadOnlyMemory<byte> For(TextLines file, EditPattern pattern, MatchPlace place, MatchTier tier)
    {
        var edit = pattern.Edit;
        var follows = tier > MatchTier.Moved || (edit.IsText && (HasReturn(edit.Old) || HasReturn(edit.New)));
        return follows ? Follow(file, edit.Old, edit.New, place, edit.IsText && !pattern.IsInline) : edit.New.Bytes;
    }

    /// <summary>The bytes of text for a place that is given by its lines.</summary>
    public static ReadOnlyMemory<byte> ForLines(TextLines file, MatchPlace place, PatchContent text) =>
        Follow(file, new PatchContent(file.Bytes[place.Start..place.End]), text, place, keepsFinalEnd: true);

    /// <summary>Lines of text for a place between two lines.</summary>
    /// <param name="file">The file.</param>
    /// <param name="line">The line, counted from 0, before which they come; the number of lines for the end.</param>
    /// <param name="text">The lines.</param>
    /// <param name="endsFile">Whether the last of them ends also where the file's last line has no end.</param>
    public static ReadOnlyMemory<byte> Insertion(TextLines file, int line, PatchContent text, bool endsFile)
    {
        var end = LineEnds.Near(file, line);
        var lines = LineEnds.With(text.Bytes.Span, end);
        if (line < file.Count || file.Count == 0 || file.HasFinalEnd)
        {
            return lines;
        }

        // The last line gets the end that it lacks; whether the new last line has one is then as it was.
        var kept = !endsFile && lines.AsSpan().EndsWith(end) ? lines.AsSpan()[..^end.Length] : lines;
        return (byte[])[.. end, .. kept];
    }

    private static ReadOnlyMemory<byte> Follow(TextLines file, PatchContent old, PatchContent replacement, MatchPlace place, bool keepsFinalEnd)
    {
        using var there = new TextLines(file.Bytes[place.Start..place.End], allowsReturns: file.IsClassic);
        var (before, after) = (LineEnds.With(old.Bytes.Span, "\n"u8), LineEnds.With(replacement.Bytes.Span, "\n"u8));
        using var lines = new TextLines(after, allowsReturns: false);
        var result = new ArrayBufferWriter<byte>(Math.Max(16, after.Length + 16));
        var next = 0;
        foreach (var run in Runs(before, after, file.IsClassic))
        {
            for (; next < run.OldStart; next++)
            {
                result.Write(there.Line(next));
            }

            for (var i = 0; i < run.NewCount; i++)
            {
                Terminate(file, place.Line + next, result);
                place.Shift.Write(lines.Content(run.NewStart + i), result);
                if (lines.End(run.NewStart + i).Length > 0)
                {
                    var model = run.OldStart + Math.Min(i, Math.Max(0, run.OldCount - 1)) - (run.OldCount == 0 ? 1 : 0);
                    result.Write(EndLike(file, there, place.Line, model));
                }
            }

            next += run.OldCount;
        }

        for (; next < there.Count; next++)
        {
            result.Write(there.Line(next));
        }

        var stops = keepsFinalEnd && place.End == file.Bytes.Length && place.End > place.Start && !file.HasFinalEnd;
        return stops ? WithoutFinalEnd(result.WrittenMemory) : result.WrittenMemory;
    }

    /// <summary>Where both differ; a text that ends lines at carriage returns is compared as if it ended them at line feeds.</summary>
    private static List<DiffRun> Runs(byte[] before, byte[] after, bool isClassic)
    {
        if (isClassic)
        {
            before.AsSpan().Replace((byte)'\r', (byte)'\n');
        }

        // The last line counts as equal also when only one side ends it.
        var open = before.Length > 0 && after.Length > 0 && (before[^1] == '\n') != (after[^1] == '\n');
        return LineDiff.Compare(open ? Ended(before) : before, open ? Ended(after) : after);
    }

    /// <summary>What comes behind a last line that just stops begins a line of its own.</summary>
    private static void Terminate(TextLines file, int line, ArrayBufferWriter<byte> result)
    {
        if (result.WrittenCount > 0 && result.WrittenSpan[^1] is not (byte)'\n' && !(file.IsClassic && result.WrittenSpan[^1] == '\r'))
        {
            result.Write(LineEnds.Near(file, line));
        }
    }

    private static byte[] Ended(byte[] text) => text[^1] == '\n' ? text : [.. text, (byte)'\n'];

    private static ReadOnlySpan<byte> EndLike(TextLines file, TextLines there, int firstLine, int model)
    {
        if (model >= 0 && model < there.Count && there.End(model) is { IsEmpty: false } end)
        {
            return end;
        }

        return LineEnds.Near(file, firstLine + Math.Max(0, model));
    }

    private static ReadOnlyMemory<byte> WithoutFinalEnd(ReadOnlyMemory<byte> text)
    {
        var span = text.Span;
        return span.EndsWith("\r\n"u8) ? text[..^2] : span.Length > 0 && span[^1] is (byte)'\n' or (byte)'\r' ? text[..^1] : text;
    }

    private static bool HasReturn(PatchContent content) => content.Bytes.Span.Contains((byte)'\r');
}
