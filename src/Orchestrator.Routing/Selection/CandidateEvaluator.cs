using System.Runtime.CompilerServices;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>What a candidate would cost. This is the hot path: bits, numbers, no allocation.</summary>
internal static class CandidateEvaluator
{
    /// <summary>The provider has no list of models; its own default is used.</summary>
    public const int OwnModel = -1;

    /// <summary>No model of the provider has room for the request.</summary>
    public const int NoModel = -2;

    /// <summary>The preferred model when the provider has it and the request fits, else the first that fits. A window that nobody knows fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SelectModel(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        var models = snapshot.Rows[candidate].Models;
        return models.Length == 0 ? OwnModel
            : query.Task.PreferredModel is null && HasRoom(models[0], query) ? 0
            : SelectOther(models, query);
    }

    /// <summary>What an attempt is expected to cost: as learned, else by the configured prices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Price(in RoutingFrame frame, in RoutingQuery query, int candidate, int model)
    {
        var learned = EstimateCell.Second(Volatile.Read(in frame.Estimates[(candidate * frame.Stride) + frame.Offset].Effort));
        if (learned >= 0)
        {
            return learned;
        }

        ref readonly var row = ref frame.Snapshot.Rows[candidate];
        if (model < 0)
        {
            return row.FlatPrice;
        }

        ref readonly var chosen = ref row.Models[model];
        return row.FlatPrice + (query.InputTokens * chosen.InputUsdPerToken) + (query.OutputTokens * chosen.OutputUsdPerToken);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ScoreParts Score(in RoutingFrame frame, in RoutingQuery query, int candidate, int model, double price)
    {
        var config = frame.Snapshot.Config;
        ref readonly var cell = ref frame.Estimates[(candidate * frame.Stride) + frame.Offset];
        var success = Volatile.Read(in cell.Success);
        var rate = (double)EstimateCell.First(success);
        return new ScoreParts(
            Price: price * query.Weights.Price,
            Risk: (1 - rate) * config.RetryCostUsd * query.Weights.Risk,
            Time: EstimateCell.First(Volatile.Read(in cell.Effort)) * config.ValueOfTimeUsdPerSecond * query.Weights.Time,
            Bonus: query.Task.PreferredModel is null && query.Tags == 0 ? 0 : Bonus(frame.Snapshot, query, candidate, model),
            Stay: candidate == frame.Pin ? config.StayBonusUsd : 0,
            SuccessRate: rate,
            Uncertainty: EstimateCell.Second(success));
    }

    /// <summary>The model to name in the decision; null for the provider's default.</summary>
    public static string? ModelName(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, int model)
    {
        if (model > 0 || IsPreferred(snapshot, query, candidate, model))
        {
            return snapshot.Rows[candidate].Models[model].Name;
        }

        // Who names the provider and the model knows what they want, also when the model is newer than the configured list.
        return query.Task is { Provider: not null, PreferredModel: { } wish } && snapshot.TakesAnyModel[candidate] ? wish : null;
    }

    private static bool HasRoom(in CandidateModel model, in RoutingQuery query) =>
        model.ContextWindow >= (query.EstimatedTokens ?? 0) && model.ContextWindow > query.MoreContextThan;

    private static int SelectOther(CandidateModel[] models, in RoutingQuery query)
    {
        var first = NoModel;
        for (var i = models.Length - 1; i >= 0; i--)
        {
            if (HasRoom(models[i], query))
            {
                first = i;
            }
        }

        if (query.Task.PreferredModel is { } preferred)
        {
            for (var i = 0; i < models.Length; i++)
            {
                if (HasRoom(models[i], query) && string.Equals(models[i].Name, preferred, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return first;
    }

    private static double Bonus(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, int model)
    {
        var bonus = IsPreferred(snapshot, query, candidate, model) ? snapshot.Config.PreferredModelBonusUsd : 0;
        return query.Tags == 0 ? bonus : bonus + (CountTags(snapshot, query, candidate) * snapshot.Config.PreferredTagBonusUsd);
    }

    private static int CountTags(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        var shared = snapshot.Tags[candidate] & query.Tags;
        if ((shared & NameBits.SharedBit) == 0)
        {
            return System.Numerics.BitOperations.PopCount(shared);
        }

        var count = 0;
        foreach (var tag in query.Task.PreferredTags.AsSpan())
        {
            count += RoutingQuery.Holds(snapshot.Providers[candidate].Descriptor.Tags, tag) ? 1 : 0;
        }

        return count;
    }

    private static bool IsPreferred(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, int model) =>
        model >= 0 && query.Task.PreferredModel is { } preferred
        && string.Equals(snapshot.Rows[candidate].Models[model].Name, preferred, StringComparison.OrdinalIgnoreCase);
}
