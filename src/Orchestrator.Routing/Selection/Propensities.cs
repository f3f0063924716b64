using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing.Selection;

/// <summary>With which probability drawing success rates from what is believed chooses a candidate: approximations without allocation, good to a few hundredths.</summary>
/// <remarks>
/// The scores are taken as independent normal variables. <see cref="OfSample"/> integrates over the candidate's own score at three points (Gauss-Hermite);
/// <see cref="OfBest"/> compares the best with its runner-up alone, and is used where the share of such draws is small. The normal distribution is replaced by a logistic one.
/// </remarks>
internal static class Propensities
{
    private const double Least = 1e-4;
    private const double OuterPoint = 1.7320508075688772;
    private const double CertainZ = 4;

    /// <summary>The probability that the best one is drawn.</summary>
    public static double OfBest(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        var pool = scratch.EligibleOnes;
        var (best, second) = (scratch.Order[0], scratch.Ordered > 1 ? scratch.Order[1] : 0);
        var (own, other) = (Deviation(frame, query, pool[best].Candidate), Deviation(frame, query, pool[second].Candidate));
        return second == best ? 1 : Less(pool[second].Score - pool[best].Score, Math.Sqrt((own * own) + (other * other)));
    }

    /// <summary>The probability that this one is drawn.</summary>
    public static double OfSample(in RoutingFrame frame, in RoutingQuery query, ReadOnlySpan<PooledCandidate> pool, int chosen)
    {
        var own = Deviation(frame, query, pool[chosen].Candidate);
        var (low, middle, high) = (1.0, 1.0, 1.0);
        for (var i = 0; i < pool.Length; i++)
        {
            if (i != chosen)
            {
                var margin = pool[i].Score - pool[chosen].Score;
                var other = Deviation(frame, query, pool[i].Candidate);
                low *= Less(margin + (OuterPoint * own), other);
                middle *= Less(margin, other);
                high *= Less(margin - (OuterPoint * own), other);
            }
        }

        return Math.Clamp((low / 6) + (middle * 2 / 3) + (high / 6), Least, 1);
    }

    // The standard deviation of the score: only the success rate is drawn.
    private static double Deviation(in RoutingFrame frame, in RoutingQuery query, int candidate) =>
        EstimateCell.Second(Volatile.Read(in frame.Estimates[(candidate * frame.Stride) + frame.Offset].Success)) * frame.Snapshot.Config.RetryCostUsd * query.Weights.Risk;

    // The probability that a normal variable with this deviation is less than the margin.
    private static double Less(double margin, double deviation)
    {
        if (deviation <= 0)
        {
            return margin > 0 ? 1 : margin < 0 ? 0 : 0.5;
        }

        var z = margin / deviation;
        return z > CertainZ ? 1 : z < -CertainZ ? 0 : 1 / (1 + Math.Exp(-1.702 * z));
    }
}
