namespace Orchestrator.Routing.Selection;

/// <summary>Puts the best candidates in order. Of two equal scores the earlier comes first, and candidates come in ordinal order of names; so no candidate's place among two others depends on a third.</summary>
internal static class Ranking
{
    private const int MostOnStack = 256;

    /// <summary>Fills <paramref name="places"/> with the best of the pool, best first.</summary>
    /// <param name="pool">The eligible candidates.</param>
    /// <param name="tiers">The tier of each candidate, which counts before the score; null when tiers do not count.</param>
    /// <param name="places">Where their places in the pool go.</param>
    /// <returns>How many there are.</returns>
    public static int Order(ReadOnlySpan<PooledCandidate> pool, int[]? tiers, Span<int> places)
    {
        return tiers is null ? ByScore(pool, places) : ByTier(pool, tiers, places);
    }

    // The scores lie beside the places, so that moving them touches nothing else.
    private static int ByScore(ReadOnlySpan<PooledCandidate> pool, Span<int> places)
    {
        Span<double> scores = places.Length <= MostOnStack ? stackalloc double[places.Length] : new double[places.Length];
        var count = 0;
        for (var i = 0; i < pool.Length; i++)
        {
            var score = pool[i].Score;
            if (count < places.Length)
            {
                count++;
            }
            else if (score >= scores[count - 1])
            {
                continue;
            }

            var place = count - 1;
            for (; place > 0 && scores[place - 1] > score; place--)
            {
                scores[place] = scores[place - 1];
                places[place] = places[place - 1];
            }

            scores[place] = score;
            places[place] = i;
        }

        return count;
    }

    private static int ByTier(ReadOnlySpan<PooledCandidate> pool, int[] tiers, Span<int> places)
    {
        var count = 0;
        for (var i = 0; i < pool.Length; i++)
        {
            if (count < places.Length)
            {
                count++;
            }
            else if (!IsBetter(pool, tiers, i, places[count - 1]))
            {
                continue;
            }

            var place = count - 1;
            for (; place > 0 && IsBetter(pool, tiers, i, places[place - 1]); place--)
            {
                places[place] = places[place - 1];
            }

            places[place] = i;
        }

        return count;
    }

    private static bool IsBetter(ReadOnlySpan<PooledCandidate> pool, int[] tiers, int left, int right)
    {
        var (leftTier, rightTier) = (tiers[pool[left].Candidate], tiers[pool[right].Candidate]);
        return leftTier != rightTier ? leftTier < rightTier : pool[left].Score < pool[right].Score;
    }
}
