using System.Buffers;

namespace Orchestrator.Patching;

/// <summary>A stretch that both sides changed: lines counted from 0 in each of the three texts.</summary>
internal readonly record struct MergeConflict(int BaseStart, int BaseCount, int OurStart, int OurCount, int TheirStart, int TheirCount);

/// <summary>A merged text.</summary>
/// <param name="Text">The text; with conflicts, our side of them, or both between markers.</param>
/// <param name="Conflicts">Where both sides changed the same lines differently, or lines that touch.</param>
internal readonly record struct MergeResult(ReadOnlyMemory<byte> Text, IReadOnlyList<MergeConflict> Conflicts);

/// <summary>Merges two texts that come from one, by lines.</summary>
internal static class ThreeWayMerge
{
    /// <summary>Merges.</summary>
    /// <param name="base">What both come from.</param>
    /// <param name="ours">What is in the tree.</param>
    /// <param name="theirs">What the patch makes of the base.</param>
    /// <param name="writesMarkers">Whether conflicts are written into the text.</param>
    public static MergeResult Merge(ReadOnlyMemory<byte> @base, ReadOnlyMemory<byte> ours, ReadOnlyMemory<byte> theirs, bool writesMarkers = false)
    {
        using var ourLines = new TextLines(ours, allowsReturns: false);
        using var theirLines = new TextLines(theirs, allowsReturns: false);
        var ourRuns = LineDiff.Compare(@base.Span, ours.Span);
        var theirRuns = LineDiff.Compare(@base.Span, theirs.Span);
        var result = new ArrayBufferWriter<byte>(Math.Max(16, ours.Length + 64));
        var conflicts = new List<MergeConflict>();
        var written = 0;
        int our = 0, their = 0;
        while (their < theirRuns.Count)
        {
            // Runs of both sides that touch make one stretch.
            var start = theirRuns[their].OldStart;
            while (our < ourRuns.Count && End(ourRuns[our]) < start)
            {
                our++;
            }

            int firstOur = our, firstTheir = their;
            var end = End(theirRuns[their++]);
            for (var grew = true; grew;)
            {
                grew = false;
                for (; our < ourRuns.Count && ourRuns[our].OldStart <= end; our++, grew = true)
                {
                    (start, end) = (Math.Min(start, ourRuns[our].OldStart), Math.Max(end, End(ourRuns[our])));
                }

                for (; their < theirRuns.Count && our > firstOur && theirRuns[their].OldStart <= end; their++, grew = true)
                {
                    end = Math.Max(end, End(theirRuns[their]));
                }
            }

            var stretch = new MergeConflict(
                start, end - start, Mapped(ourRuns, firstOur, our, start, isEnd: false), 0, Mapped(theirRuns, firstTheir, their, start, isEnd: false), 0);
            stretch = stretch with
            {
                OurCount = Mapped(ourRuns, firstOur, our, end, isEnd: true) - stretch.OurStart,
                TheirCount = Mapped(theirRuns, firstTheir, their, end, isEnd: true) - stretch.TheirStart,
            };
            result.Write(Slice(ourLines, written, stretch.OurStart));
            Write(result, ourLines, theirLines, stretch, our > firstOur, writesMarkers, conflicts);
            written = stretch.OurStart + stretch.OurCount;
        }

        result.Write(Slice(ourLines, written, ourLines.Count));
        return new MergeResult(result.WrittenMemory, conflicts);
    }

    private static void Write(
        ArrayBufferWriter<byte> result, TextLines ours, TextLines theirs, MergeConflict stretch, bool isShared, bool writesMarkers, List<MergeConflict> conflicts)
    {
        var our = Slice(ours, stretch.OurStart, stretch.OurStart + stretch.OurCount);
        var their = Slice(theirs, stretch.TheirStart, stretch.TheirStart + stretch.TheirCount);
        if (!isShared || our.SequenceEqual(their))
        {
            result.Write(their);
            return;
        }

        conflicts.Add(stretch);
        if (!writesMarkers)
        {
            result.Write(our);
            return;
        }

        var end = LineEnds.Near(ours, stretch.OurStart);
        Marked(result, "<<<<<<< tree"u8, our, end);
        Marked(result, "======="u8, their, end);
        result.Write(">>>>>>> patch"u8);
        result.Write(end);
    }

    private static void Marked(ArrayBufferWriter<byte> result, ReadOnlySpan<byte> marker, ReadOnlySpan<byte> lines, ReadOnlySpan<byte> end)
    {
        result.Write(marker);
        result.Write(end);
        result.Write(lines);
        if (!lines.IsEmpty && lines[^1] != '\n')
        {
            result.Write(end);
        }
    }

    private static int End(DiffRun run) => run.OldStart + run.OldCount;

    /// <summary>Brings a line of the base at the edge of a stretch to a side, whose runs within the stretch are given.</summary>
    private static int Mapped(List<DiffRun> runs, int first, int next, int line, bool isEnd)
    {
        // Between runs both texts go in step: the run before says by how much they are apart.
        var last = isEnd ? next - 1 : first - 1;
        return last < 0 ? line : line + (runs[last].NewStart + runs[last].NewCount) - End(runs[last]);
    }

    private static ReadOnlySpan<byte> Slice(TextLines text, int from, int to) => text.Span[text.Start(from)..text.Start(to)];
}
