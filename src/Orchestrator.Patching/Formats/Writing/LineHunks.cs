namespace Orchestrator.Patching;

/// <summary>A group of changed runs with lines of context around it.</summary>
internal readonly record struct LineHunk(int FirstRun, int LastRun, int Lead, int Trail);

/// <summary>The difference of two texts by lines, grouped with context.</summary>
internal sealed class LineHunks
{
    private readonly ReadOnlyMemory<byte> _before;
    private readonly ReadOnlyMemory<byte> _after;
    private readonly List<int> _oldStarts;
    private readonly List<int> _newStarts;

    public LineHunks(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        (_before, _after) = (before, after);
        (_oldStarts, _newStarts) = (Starts(before.Span), Starts(after.Span));
        Runs = LineDiff.Compare(before.Span, after.Span);
    }

    public List<DiffRun> Runs { get; }

    public int OldLines => _oldStarts.Count - 1;

    /// <summary>Lines of the text before, with their ends.</summary>
    public ReadOnlyMemory<byte> Old(int from, int to) => _before[_oldStarts[from].._oldStarts[to]];

    /// <summary>Lines of the text after, with their ends.</summary>
    public ReadOnlyMemory<byte> New(int from, int to) => _after[_newStarts[from].._newStarts[to]];

    public int OldFrom(LineHunk hunk) => Runs[hunk.FirstRun].OldStart - hunk.Lead;

    public int OldTo(LineHunk hunk) => Runs[hunk.LastRun].OldStart + Runs[hunk.LastRun].OldCount + hunk.Trail;

    public ReadOnlyMemory<byte> Old(LineHunk hunk) => Old(OldFrom(hunk), OldTo(hunk));

    public ReadOnlyMemory<byte> New(LineHunk hunk) =>
        New(Runs[hunk.FirstRun].NewStart - hunk.Lead, Runs[hunk.LastRun].NewStart + Runs[hunk.LastRun].NewCount + hunk.Trail);

    /// <summary>Hunks with a number of lines of context; those that would touch are one.</summary>
    public List<LineHunk> WithContext(int context) => Join(Enumerable.Range(0, Runs.Count).Select(run => Grown(new LineHunk(run, run, 0, 0), context)));

    /// <summary>Hunks with as much context as it takes for each to stand only once in the text before.</summary>
    public List<LineHunk> Unique(int context)
    {
        var hunks = WithContext(context);
        var lines = Number();
        for (var grew = true; grew;)
        {
            grew = false;
            for (var i = 0; i < hunks.Count; i++)
            {
                var (from, to) = (OldFrom(hunks[i]), OldTo(hunks[i]));
                if ((from > 0 || to < OldLines) && !IsUnique(lines, from, to))
                {
                    hunks[i] = Grown(hunks[i], Math.Max(context, to - from));
                    grew = true;
                }
            }

            hunks = Join(hunks);
        }

        return hunks;
    }

    private static bool IsUnique(ReadOnlySpan<int> lines, int from, int to)
    {
        if (from == to)
        {
            return false;
        }

        var pattern = lines[from..to];
        var first = lines.IndexOf(pattern);
        return first == from && lines[(first + 1)..].IndexOf(pattern) < 0;
    }

    private LineHunk Grown(LineHunk hunk, int by)
    {
        var lead = Math.Min(hunk.Lead + by, Runs[hunk.FirstRun].OldStart);
        var last = Runs[hunk.LastRun];
        return hunk with { Lead = lead, Trail = Math.Min(hunk.Trail + by, OldLines - last.OldStart - last.OldCount) };
    }

    private List<LineHunk> Join(IEnumerable<LineHunk> hunks)
    {
        var joined = new List<LineHunk>();
        foreach (var hunk in hunks)
        {
            if (joined.Count > 0 && OldFrom(hunk) <= OldTo(joined[^1]))
            {
                // Context may reach over other hunks; the larger reach counts.
                var last = joined[^1];
                var lead = Math.Max(last.Lead, Runs[last.FirstRun].OldStart - OldFrom(hunk));
                var trail = Math.Max(hunk.Trail, OldTo(last) - (Runs[hunk.LastRun].OldStart + Runs[hunk.LastRun].OldCount));
                joined[^1] = new LineHunk(last.FirstRun, hunk.LastRun, lead, trail);
            }
            else
            {
                joined.Add(hunk);
            }
        }

        return joined;
    }

    /// <summary>Equal lines get equal numbers; the end of a line does not count.</summary>
    private int[] Number()
    {
        var numbers = new Dictionary<PatchContent, int>();
        var lines = new int[OldLines];
        for (var i = 0; i < lines.Length; i++)
        {
            var line = Old(i, i + 1);
            var text = new PatchContent(line.Span.EndsWith("\n"u8) ? line[..^1] : line);
            if (!numbers.TryGetValue(text, out lines[i]))
            {
                lines[i] = numbers.Count;
                numbers.Add(text, lines[i]);
            }
        }

        return lines;
    }

    private static List<int> Starts(ReadOnlySpan<byte> bytes)
    {
        var starts = new List<int>();
        for (var at = 0; at < bytes.Length;)
        {
            starts.Add(at);
            var end = bytes[at..].IndexOf((byte)'\n');
            at = end < 0 ? bytes.Length : at + end + 1;
        }

        starts.Add(bytes.Length);
        return starts;
    }
}
