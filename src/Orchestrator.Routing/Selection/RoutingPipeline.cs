using Orchestrator.Routing.Health;

namespace Orchestrator.Routing.Selection;

/// <summary>Decides: a pure function of frame and query. The router, explanations and replays all come through here.</summary>
internal static class RoutingPipeline
{
    /// <summary>Decides, without touching anything.</summary>
    public static RoutingDecision Decide(in RoutingFrame frame, in RoutingQuery query, Guid id, HealthBook? health = null)
    {
        var scratch = RoutingScratch.Take(frame.Snapshot);
        var choice = Choose(frame, query, scratch);
        var decision = choice.Place == Choice.None ? Reject(frame, query, id, health) : Compose(frame, query, scratch, choice, id);
        scratch.Return();
        return decision;
    }

    /// <summary>Decides, and tells how every candidate fared.</summary>
    public static RoutingExplanation Explain(in RoutingFrame frame, in RoutingQuery query, Guid id, HealthBook? health = null)
    {
        var scratch = RoutingScratch.Take(frame.Snapshot);
        var choice = Choose(frame, query, scratch);
        var candidates = RoutingExplainer.Explain(frame, query, scratch, health);
        var decision = choice.Place == Choice.None
            ? Rejected(frame, query, id, candidates)
            : Compose(frame, query, scratch, choice, id);
        var notes = RoutingNotes.Of(frame, query, scratch, choice);
        scratch.Return();
        return new RoutingExplanation { TaskId = query.Task.Id, Decision = decision, Candidates = candidates, Policy = query.Method.Name, Notes = notes };
    }

    /// <summary>Fills the scratch with the eligible candidates and their order, and chooses one of them.</summary>
    public static Choice Choose(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        Fill(frame, query, scratch);
        var tiers = query.Method.Kind == SelectionKind.Tiers ? frame.Snapshot.Tiers : null;
        scratch.Ordered = Ranking.Order(scratch.EligibleOnes, tiers, scratch.Order.AsSpan(0, frame.Snapshot.Config.MaxFallbacks + 1));
        return scratch.Eligible == 0 ? new Choice(Choice.None) : CandidateSelector.Select(frame, query, scratch);
    }

    /// <summary>The decision for what was chosen.</summary>
    public static RoutingDecision Compose(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch, in Choice choice, Guid id)
    {
        var snapshot = frame.Snapshot;
        ref readonly var chosen = ref scratch.Pool[choice.Place];
        Span<int> order = stackalloc int[snapshot.Config.MaxFallbacks];
        var count = FallbackOrder.Fill(snapshot, scratch, choice.Place, order);
        var reason = ReasonOf(frame, query, scratch, choice, chosen.Candidate);
        return new RoutingDecision
        {
            Id = id,
            Provider = snapshot.Names[chosen.Candidate],
            Model = CandidateEvaluator.ModelName(snapshot, query, chosen.Candidate, chosen.Model),
            Fallbacks = snapshot.Fallbacks.Get(order[..count]),
            Reason = reason,
            Because = reason switch
            {
                RoutingReason.Rule or RoutingReason.Experiment => query.Target!.Name,
                RoutingReason.Policy or RoutingReason.Exploration => query.Method.Name,
                _ => null,
            },
            Complexity = query.Complexity,
            ExpectedPriceUsd = chosen.Price,
            ExpectedTokens = query.ExpectedTokens,
            Score = chosen.Score,
            Propensity = choice.Propensity,
            SnapshotVersion = snapshot.Version,
            Seed = frame.Seed,
        };
    }

    /// <summary>The decision when nobody can do the task, with every reason.</summary>
    public static RoutingDecision Reject(in RoutingFrame frame, in RoutingQuery query, Guid id, HealthBook? health)
    {
        var none = new RoutingScratch();
        return Rejected(frame, query, id, RoutingExplainer.Explain(frame, query, none, health));
    }

    private static RoutingDecision Rejected(in RoutingFrame frame, in RoutingQuery query, Guid id, ValueList<CandidateExplanation> candidates) => new()
    {
        Id = id,
        Reason = RoutingReason.NoCandidate,
        Complexity = query.Complexity,
        ExpectedTokens = query.ExpectedTokens,
        Propensity = 1,
        SnapshotVersion = frame.Snapshot.Version,
        Seed = frame.Seed,
        Rejection = new RoutingRejection
        {
            Message = RoutingMessages.Rejected(frame.Snapshot, query.Task.Provider, candidates),
            Candidates = candidates,
            EligibleAt = candidates.Min(candidate => candidate.Until),
        },
    };

    private static void Fill(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch)
    {
        var (first, end) = (0, frame.Snapshot.Count);
        if (query.Task.Provider is { } requested)
        {
            (first, end) = frame.Snapshot.Indexes.TryGetValue(requested, out var index) ? (index, index + 1) : (0, 0);
        }

        var pool = scratch.Pool;
        var rows = frame.Snapshot.Rows;
        var states = frame.States;
        var (traits, capabilities, now, asksMore) = (query.Traits, query.Capabilities, frame.Now, CandidateFilter.AsksMore(frame.Snapshot, query));
        var tightest = CandidateFilter.Tightest(frame);
        var count = 0;
        for (var i = query.IsCapabilityUnknown ? end : first; i < end; i++)
        {
            ref var state = ref states[i];
            if (!CandidateFilter.IsReady(rows[i], ref state, traits, capabilities, now) || (asksMore && !CandidateFilter.IsAllowed(frame, query, i)))
            {
                continue;
            }

            var model = CandidateEvaluator.SelectModel(frame.Snapshot, query, i);
            if (model == CandidateEvaluator.NoModel)
            {
                continue;
            }

            var price = CandidateEvaluator.Price(frame, query, i, model);
            if (CandidateFilter.IsAffordable(frame, query, tightest, i, price))
            {
                var score = CandidateEvaluator.Score(frame, query, i, model, price).Total;
                pool[count++] = new PooledCandidate(i, model, score, price, Volatile.Read(ref state.OpenUntil) != 0);
            }
        }

        scratch.Eligible = count;
    }

    private static RoutingReason ReasonOf(in RoutingFrame frame, in RoutingQuery query, RoutingScratch scratch, in Choice choice, int candidate) =>
        query.Task.Provider is not null ? RoutingReason.Override
        : query.Target is { } target ? target.Reason
        : scratch.Eligible == 1 ? RoutingReason.OnlyCandidate
        : candidate == frame.Pin ? RoutingReason.Sticky
        : choice.IsExplored ? RoutingReason.Exploration
        : query.Method.Kind == SelectionKind.Best || choice.Fault is not null ? RoutingReason.BestScore
        : RoutingReason.Policy;
}
