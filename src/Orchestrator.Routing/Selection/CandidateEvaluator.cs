using Orchestrator.Routing.Health;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Says yes or no to a candidate, and what it would cost. This is the hot path: bits, numbers, no allocation. <see cref="CandidateReasons"/> says why not.</summary>
internal static class CandidateEvaluator
{
    /// <summary>The provider has no list of models; its own default is used.</summary>
    public const int OwnModel = -1;

    /// <summary>No model of the provider has room for the request.</summary>
    public const int NoModel = -2;

    public static bool IsEligible(RoutingSnapshot snapshot, ref ProviderState state, in RoutingQuery query, int candidate)
    {
        if ((snapshot.Traits[candidate] & query.Traits) != query.Traits
            || (snapshot.Capabilities[candidate] & query.Capabilities) != query.Capabilities
            || query.IsCapabilityUnknown)
        {
            return false;
        }

        if (Volatile.Read(ref state.OpenUntil) is var open && open != 0 && (open > query.Now || Volatile.Read(ref state.ProbeUntil) > query.Now))
        {
            return false;
        }

        return Volatile.Read(ref state.LimitedUntil) <= query.Now
            && Volatile.Read(ref state.QuotaUntil) <= query.Now
            && Volatile.Read(ref state.UnhealthyUntil) <= query.Now
            && Volatile.Read(ref state.InFlight) < snapshot.ConcurrentLimits[candidate]
            && ((query.Capabilities & CapabilityMap.SharedBit) == 0 || HasByName(snapshot, query, candidate))
            && (!query.HasExclusions || !IsExcluded(query.Constraints!, snapshot.Names[candidate]));
    }

    public static bool HasByName(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        foreach (var name in query.Task.Requires.AsSpan())
        {
            if (!RoutingQuery.Holds(snapshot.Providers[candidate].Descriptor.Capabilities, name))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The preferred model when the provider has it and the request fits, else the first that fits.</summary>
    public static int SelectModel(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        var models = snapshot.Models[candidate];
        if (models.Length == 0)
        {
            return OwnModel;
        }

        var needed = query.EstimatedTokens ?? 0;
        if (query.Task.PreferredModel is { } preferred)
        {
            for (var i = 0; i < models.Length; i++)
            {
                if (models[i].ContextWindow >= needed && string.Equals(models[i].Name, preferred, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        for (var i = 0; i < models.Length; i++)
        {
            if (models[i].ContextWindow >= needed)
            {
                return i;
            }
        }

        return NoModel;
    }

    public static double Price(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, int model)
    {
        var price = snapshot.FlatPrices[candidate];
        if (model < 0)
        {
            return price;
        }

        ref readonly var chosen = ref snapshot.Models[candidate][model];
        return price + (query.InputTokens * chosen.InputUsdPerToken) + (query.OutputTokens * chosen.OutputUsdPerToken);
    }

    public static CandidateScore Score(RoutingSnapshot snapshot, SuccessEstimates estimates, in RoutingQuery query, int candidate, int model, double price)
    {
        var config = snapshot.Config;
        var success = estimates.Mean(candidate, query.Type, snapshot.SuccessRates[candidate]);
        return new CandidateScore(
            Price: price * query.Weights.Price,
            Risk: (1 - success) * config.RetryCostUsd * query.Weights.Risk,
            Time: snapshot.Seconds[candidate] * config.ValueOfTimeUsdPerSecond * query.Weights.Time,
            Bonus: IsPreferred(snapshot, query, candidate, model) ? config.PreferredModelBonusUsd : 0,
            SuccessRate: success);
    }

    /// <summary>The model to name in the decision; null for the provider's default.</summary>
    public static string? ModelName(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, int model)
    {
        if (model > 0 || IsPreferred(snapshot, query, candidate, model))
        {
            return snapshot.Models[candidate][model].Name;
        }

        // Who names the provider and the model knows what they want, also when the model is newer than the configured list.
        return query.Task is { Provider: not null, PreferredModel: { } wish } && snapshot.TakesAnyModel[candidate] ? wish : null;
    }

    public static bool IsExcluded(RoutingConstraints constraints, string name) =>
        RoutingQuery.Holds(constraints.AlreadyTried, name) || RoutingQuery.Holds(constraints.Excluded, name);

    private static bool IsPreferred(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, int model) =>
        model >= 0 && query.Task.PreferredModel is { } preferred
        && string.Equals(snapshot.Models[candidate][model].Name, preferred, StringComparison.OrdinalIgnoreCase);
}
