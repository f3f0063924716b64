namespace Orchestrator.Patching;

/// <summary>Finds every place where bytes stand, places that overlap included, with a bounded effort.</summary>
internal static class ByteSearch
{
    private const int NeedleBytes = 32;

    /// <summary>Adds the places at or behind an offset.</summary>
    /// <returns><see langword="false"/> when there were more than <paramref name="most"/> places to look at.</returns>
    public static bool TryFind(ReadOnlySpan<byte> text, ReadOnlySpan<byte> sought, int from, int most, MatchBudget budget, List<int> found)
    {
        // A short part that varies much is looked for; what stands around it is only compared where the part stands.
        var lead = NeedleStart(sought);
        var needle = sought.Slice(lead, Math.Min(NeedleBytes, sought.Length));
        var looked = 0;
        for (var at = from + lead; at <= text.Length - needle.Length; at++)
        {
            var next = text[at..].IndexOf(needle);
            if (next < 0)
            {
                break;
            }

            at += next;
            if (++looked > most)
            {
                return false;
            }

            var start = at - lead;
            if (sought.Length > text.Length - start)
            {
                break;
            }

            var equal = text[start..].CommonPrefixLength(sought);
            budget.Take((next / 64) + (equal / 16) + 1);
            if (equal == sought.Length)
            {
                found.Add(start);
            }
        }

        budget.Take((text.Length / 64) + 1);
        return true;
    }

    private static int NeedleStart(ReadOnlySpan<byte> sought)
    {
        if (sought.Length <= NeedleBytes)
        {
            return 0;
        }

        int best = 0, bestVaried = -1;
        var step = Math.Max(NeedleBytes / 2, sought.Length / 256);
        for (var at = 0; at <= sought.Length - NeedleBytes; at += step)
        {
            UInt128 low = 0, high = 0;
            foreach (var value in sought.Slice(at, NeedleBytes))
            {
                if (value < 128)
                {
                    low |= UInt128.One << value;
                }
                else
                {
                    high |= UInt128.One << (value - 128);
                }
            }

            var varied = (int)(UInt128.PopCount(low) + UInt128.PopCount(high));
            if (varied > bestVaried)
            {
                (best, bestVaried) = (at, varied);
            }
        }

        return best;
    }
}
