using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Puts into words how every candidate fared.</summary>
internal static class RoutingExplainer
{
    /// <summary>Every candidate: eligible ones first, best first; then the others in ordinal order of names.</summary>
    public static ValueList<CandidateExplanation> Explain(RoutingSnapshot snapshot, ProviderRegistry registry, in RoutingQuery query)
    {
        var candidates = new List<CandidateExplanation>(snapshot.Count);
        for (var i = 0; i < snapshot.Count; i++)
        {
            candidates.Add(Explain(snapshot, registry, query, i));
        }

        return candidates.OrderBy(candidate => candidate.Score is null).ThenBy(candidate => candidate.Score ?? 0).ToValueList();
    }

    public static RoutingRejection Reject(RoutingSnapshot snapshot, string? requested, ValueList<CandidateExplanation> candidates) => new()
    {
        Message = RoutingMessages.Rejected(snapshot, requested, candidates),
        Candidates = candidates,
        EligibleAt = candidates.Min(candidate => candidate.Until),
    };

    private static CandidateExplanation Explain(RoutingSnapshot snapshot, ProviderRegistry registry, in RoutingQuery query, int candidate)
    {
        var reasons = CandidateReasons.Find(snapshot, registry, query, candidate);
        if (reasons.Count > 0)
        {
            return new CandidateExplanation
            {
                Provider = snapshot.Names[candidate],
                Rejection = reasons[0].Reason,
                Detail = string.Join("; ", reasons.Select(reason => reason.Text)),
                Until = reasons.TrueForAll(reason => reason.Until is not null) ? reasons.Max(reason => reason.Until) : null,
            };
        }

        var model = CandidateEvaluator.SelectModel(snapshot, query, candidate);
        var price = CandidateEvaluator.Price(snapshot, query, candidate, model);
        var score = CandidateEvaluator.Score(snapshot, registry.Estimates, query, candidate, model, price);
        return new CandidateExplanation
        {
            Provider = snapshot.Names[candidate],
            Detail = Volatile.Read(ref registry.States[candidate].OpenUntil) == 0 ? "" : "half-open: the next attempt is a probe",
            Score = score.Total,
            Parts = score.ToParts(),
        };
    }
}
