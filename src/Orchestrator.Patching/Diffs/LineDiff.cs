namespace Orchestrator.Patching;

/// <summary>A run of lines that differ: where it stands in both files, counted from 0.</summary>
internal readonly record struct DiffRun(int OldStart, int OldCount, int NewStart, int NewCount);

/// <summary>Compares two texts by lines: the shortest edit script of Myers, up to a bounded effort; beyond it one run for all that differs.</summary>
internal static class LineDiff
{
    /// <summary>How far apart texts may be, in lines, and still be compared exactly: time grows with its square.</summary>
    public const int MaxDistance = 1000;

    public static (int Added, int Removed) Count(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int maxDistance = MaxDistance)
    {
        int added = 0, removed = 0;
        foreach (var run in Compare(before, after, maxDistance))
        {
            (added, removed) = (added + run.NewCount, removed + run.OldCount);
        }

        return (added, removed);
    }

    public static List<DiffRun> Compare(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, int maxDistance = MaxDistance)
    {
        var (left, right) = Number(before, after);
        var start = left.AsSpan().CommonPrefixLength(right);
        var end = 0;
        while (end < Math.Min(left.Length, right.Length) - start && left[^(end + 1)] == right[^(end + 1)])
        {
            end++;
        }

        var oldMiddle = left.AsSpan(start, left.Length - start - end);
        var newMiddle = right.AsSpan(start, right.Length - start - end);
        if (oldMiddle.IsEmpty && newMiddle.IsEmpty)
        {
            return [];
        }

        if (oldMiddle.IsEmpty || newMiddle.IsEmpty || Trace(oldMiddle, newMiddle, maxDistance) is not { } trace)
        {
            return [new DiffRun(start, oldMiddle.Length, start, newMiddle.Length)];
        }

        return Runs(trace, oldMiddle.Length, newMiddle.Length, start);
    }

    private static (int[] Left, int[] Right) Number(ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var numbers = new Dictionary<PatchContent, int>();
        return (NumberLines(before, numbers), NumberLines(after, numbers));
    }

    private static int[] NumberLines(ReadOnlySpan<byte> bytes, Dictionary<PatchContent, int> numbers)
    {
        var index = new LineIndex(bytes);
        var result = new int[index.Count];
        for (var line = 1; line <= index.Count; line++)
        {
            var text = new PatchContent(bytes[index.Start(line)..index.Start(line + 1)].ToArray());
            if (!numbers.TryGetValue(text, out var number))
            {
                number = numbers.Count;
                numbers.Add(text, number);
            }

            result[line - 1] = number;
        }

        return result;
    }

    /// <summary>The furthest points on every diagonal, one array for every distance; <see langword="null"/> when the texts are too far apart.</summary>
    private static List<int[]>? Trace(ReadOnlySpan<int> left, ReadOnlySpan<int> right, int maxDistance)
    {
        var most = Math.Min(maxDistance, left.Length + right.Length);
        var reach = new int[(2 * most) + 3];
        var trace = new List<int[]>();
        for (var distance = 0; distance <= most; distance++)
        {
            trace.Add(reach[(most - distance)..(most + distance + 3)]);
            for (var diagonal = -distance; diagonal <= distance; diagonal += 2)
            {
                var at = most + 1 + diagonal;
                var x = diagonal == -distance || (diagonal != distance && reach[at - 1] < reach[at + 1]) ? reach[at + 1] : reach[at - 1] + 1;
                while (x < left.Length && x - diagonal < right.Length && left[x] == right[x - diagonal])
                {
                    x++;
                }

                reach[at] = x;
                if (x >= left.Length && x - diagonal >= right.Length)
                {
                    return trace;
                }
            }
        }

        return null;
    }

    private static List<DiffRun> Runs(List<int[]> trace, int oldLength, int newLength, int shift)
    {
        var runs = new List<DiffRun>();
        int x = oldLength, y = newLength;
        for (var distance = trace.Count - 1; distance > 0; distance--)
        {
            // trace[distance] holds diagonals -distance-1 … distance+1 as they were before this step.
            var reach = trace[distance];
            var diagonal = x - y;
            var at = diagonal + distance + 1;
            var down = diagonal == -distance || (diagonal != distance && reach[at - 1] < reach[at + 1]);
            var previousX = down ? reach[at + 1] : reach[at - 1];
            var previousY = previousX - (down ? diagonal + 1 : diagonal - 1);
            runs.Add(new DiffRun(shift + previousX, down ? 0 : 1, shift + previousY, down ? 1 : 0));
            (x, y) = (previousX, previousY);
        }

        runs.Reverse();
        return Merge(runs);
    }

    private static List<DiffRun> Merge(List<DiffRun> steps)
    {
        var result = new List<DiffRun>();
        foreach (var step in steps)
        {
            if (result.Count > 0 && result[^1] is var last && last.OldStart + last.OldCount == step.OldStart && last.NewStart + last.NewCount == step.NewStart)
            {
                result[^1] = last with { OldCount = last.OldCount + step.OldCount, NewCount = last.NewCount + step.NewCount };
            }
            else
            {
                result.Add(step);
            }
        }

        return result;
    }
}
