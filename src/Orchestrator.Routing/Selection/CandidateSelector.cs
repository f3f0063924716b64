using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing.Selection;

/// <summary>Chooses one of the eligible candidates by the selection policy.</summary>
/// <remarks>
/// A session's provider is kept by <c>weighted</c> and <c>power-of-two-choices</c> as long as it is eligible, as their chance would tear sessions apart; the others see it by its bonus
/// in the score. The policy <c>best</c> does not explore with a task whose session has an eligible provider.
/// </remarks>
internal static class CandidateSelector
{
    public static Choice Select(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        var best = scratch.Order[0];
        if (scratch.Eligible == 1)
        {
            return new Choice(best);
        }

        var pin = frame.Pin < 0 ? Choice.None : PlaceOf(scratch.EligibleOnes, frame.Pin);
        return query.Method.Kind switch
        {
            SelectionKind.Weighted => pin >= 0 ? new Choice(pin, IsKept: true) : Weighted(frame, scratch),
            SelectionKind.PowerOfTwoChoices => pin >= 0 ? new Choice(pin, IsKept: true) : PowerOfTwo(frame, scratch.EligibleOnes),
            SelectionKind.Tiers => new Choice(best),
            SelectionKind.Thompson => query.MayExplore ? Thompson(frame, query, scratch) : new Choice(best),
            SelectionKind.Custom => Custom(frame, query, scratch),
            _ => query.MayExplore && pin < 0 ? Explore(frame, query, scratch) : new Choice(best),
        };
    }

    public static int PlaceOf(ReadOnlySpan<PooledCandidate> pool, int candidate)
    {
        for (var i = 0; i < pool.Length; i++)
        {
            if (pool[i].Candidate == candidate)
            {
                return i;
            }
        }

        return Choice.None;
    }

    // By default the best; a share is drawn from what is believed, and a smaller share goes to anybody, so that one that became better is seen again.
    private static Choice Explore(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        var config = frame.Snapshot.Config;
        var (floor, share) = (config.FloorShare, config.ExplorationShare);
        var best = scratch.Order[0];
        if (floor + share <= 0)
        {
            return new Choice(best);
        }

        var draw = Chance.Uniform(frame.Seed, Chance.OfExploring);
        var chosen = draw < floor ? Chance.Index(frame.Seed, Chance.OfPick, scratch.Eligible)
            : draw < floor + share ? Sample(frame, query, scratch.EligibleOnes)
            : best;
        var byChance = floor / scratch.Eligible;
        return chosen == best
            ? new Choice(best, Math.Max(0, 1 - floor - share) + byChance + (share * Propensities.OfBest(frame, query, scratch)))
            : new Choice(chosen, byChance + (share * Propensities.OfSample(frame, query, scratch.EligibleOnes, chosen)), IsExplored: true);
    }

    private static Choice Thompson(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        var chosen = Sample(frame, query, scratch.EligibleOnes);
        return new Choice(chosen, Propensities.OfSample(frame, query, scratch.EligibleOnes, chosen), chosen != scratch.Order[0]);
    }

    // The best score with every success rate drawn from what is believed of it.
    private static int Sample(in RoutingFrame frame, in RoutingQuery query, ReadOnlySpan<PooledCandidate> pool)
    {
        var riskUsd = frame.Snapshot.Config.RetryCostUsd * query.Weights.Risk;
        var (best, bestScore) = (0, double.PositiveInfinity);
        for (var i = 0; i < pool.Length; i++)
        {
            var believed = Volatile.Read(in frame.Estimates[(pool[i].Candidate * frame.Stride) + frame.Offset].Success);
            double mean = EstimateCell.First(believed);
            var drawn = Math.Clamp(mean + (EstimateCell.Second(believed) * Chance.Normal(frame.Seed, pool[i].Candidate)), 0, 1);
            var score = pool[i].Score + ((mean - drawn) * riskUsd);
            if (score < bestScore)
            {
                (best, bestScore) = (i, score);
            }
        }

        return best;
    }

    private static Choice Weighted(in RoutingFrame frame, RoutingScratch scratch)
    {
        var pool = scratch.EligibleOnes;
        var weights = frame.Snapshot.Weights;
        var total = 0.0;
        foreach (ref readonly var candidate in pool)
        {
            total += weights[candidate.Candidate];
        }

        if (total <= 0)
        {
            return new Choice(scratch.Order[0]);
        }

        var left = Chance.Uniform(frame.Seed, Chance.OfPick) * total;
        var last = 0;
        for (var i = 0; i < pool.Length; i++)
        {
            var weight = weights[pool[i].Candidate];
            if (weight > 0)
            {
                last = i;
                left -= weight;
                if (left < 0)
                {
                    break;
                }
            }
        }

        return new Choice(last, weights[pool[last].Candidate] / total);
    }

    private static Choice PowerOfTwo(in RoutingFrame frame, ReadOnlySpan<PooledCandidate> pool)
    {
        var first = Chance.Index(frame.Seed, Chance.OfPick, pool.Length);
        var second = Chance.Index(frame.Seed, Chance.OfSecondPick, pool.Length - 1);
        second += second >= first ? 1 : 0;
        var chosen = IsBetter(pool, first, second) ? first : second;
        var worse = 0;
        for (var i = 0; i < pool.Length; i++)
        {
            worse += i != chosen && IsBetter(pool, chosen, i) ? 1 : 0;
        }

        return new Choice(chosen, 2.0 * worse / ((double)pool.Length * (pool.Length - 1)));
    }

    private static bool IsBetter(ReadOnlySpan<PooledCandidate> pool, int left, int right) =>
        pool[left].Score < pool[right].Score || (pool[left].Score == pool[right].Score && left < right);

    private static Choice Custom(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        var pool = scratch.EligibleOnes;
        var (snapshot, custom) = (frame.Snapshot, scratch.Custom);
        for (var i = 0; i < pool.Length; i++)
        {
            var candidate = pool[i].Candidate;
            custom[i] = new SelectionCandidate(
                snapshot.Names[candidate],
                pool[i].Score,
                snapshot.Weights[candidate],
                snapshot.Tiers[candidate],
                Volatile.Read(ref frame.States[candidate].InFlight),
                EstimateCell.First(Volatile.Read(in frame.Estimates[(candidate * frame.Stride) + frame.Offset].Success)),
                candidate == frame.Pin);
        }

        // The task does not suffer from a defect of the policy: the best is taken. How often the policy breaks is as unknown as what it would have chosen.
        try
        {
            var chosen = query.Method.Custom!.Select(custom.AsSpan(0, pool.Length), frame.Seed);
            return (uint)chosen.Index < (uint)pool.Length
                ? new Choice(chosen.Index, chosen.Propensity is > 0 and <= 1 ? chosen.Propensity : null)
                : new Choice(scratch.Order[0], Propensity: null, Fault: new InvalidOperationException($"It chose number {chosen.Index} of {pool.Length} candidates, which are numbered from 0."));
        }
#pragma warning disable CA1031 // Code of the host in the middle of a decision: whatever it throws, there must be a decision, and the log says why it is not the policy's.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            return new Choice(scratch.Order[0], Propensity: null, Fault: fault);
        }
    }
}
