using Orchestrator.Routing.Health;

namespace Orchestrator.Routing.Selection;

/// <summary>Tells how every candidate fared. The facts are taken at once, the words are made when somebody reads them.</summary>
internal static class RoutingExplainer
{
    private const string HalfOpen = "half-open: the next attempt is a probe";

    /// <summary>Every candidate: eligible ones first, best first; then the others in ordinal order of names.</summary>
    public static ValueList<CandidateExplanation> Explain(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch, HealthBook? health)
    {
        var snapshot = frame.Snapshot;
        var all = new CandidateExplanation[snapshot.Count];
        var pool = scratch.EligibleOnes;
        Span<int> order = pool.Length <= 256 ? stackalloc int[pool.Length] : new int[pool.Length];
        Ranking.Order(pool, query.Method.Kind == SelectionKind.Tiers ? snapshot.Tiers : null, order);
        var count = 0;
        foreach (var place in order)
        {
            all[count++] = Eligible(frame, query, pool[place]);
        }

        if (count < all.Length)
        {
            var facts = new RejectedFacts(frame, query, health);
            for (int i = 0, next = 0; i < snapshot.Count; i++)
            {
                if (next < pool.Length && pool[next].Candidate == i)
                {
                    next++;
                }
                else
                {
                    all[count++] = facts.Explain(i);
                }
            }
        }

        return ValueList.Create<CandidateExplanation>(all);
    }

    private static CandidateExplanation Eligible(in RoutingFrame frame, in RoutingQuery query, in PooledCandidate candidate) => new()
    {
        Provider = frame.Snapshot.Names[candidate.Candidate],
        Model = CandidateEvaluator.ModelName(frame.Snapshot, query, candidate.Candidate, candidate.Model),
        Detail = candidate.IsHalfOpen ? HalfOpen : "",
        Score = candidate.Score,
        Parts = CandidateEvaluator.Score(frame, query, candidate.Candidate, candidate.Model, candidate.Price),
    };
}
