namespace Orchestrator.Routing;

/// <summary>How recorded decisions would have come out under other settings.</summary>
/// <remarks>The estimate of success weighs each recorded outcome by the inverse of the probability with which its provider was chosen; where nothing was left to chance, it only speaks of decisions that stay the same.</remarks>
public sealed record RoutingEvaluation
{
    /// <summary>How many decisions were replayed.</summary>
    public required int Decisions { get; init; }

    /// <summary>How many recorded decisions could not be replayed: their configuration is gone or damaged.</summary>
    public required int Skipped { get; init; }

    /// <summary>The share of decisions that choose the same provider, from 0 to 1; 0 without decisions.</summary>
    public required double Agreement { get; init; }

    /// <summary>How many decisions find no provider under the other settings though they found one.</summary>
    public required int NewlyRejected { get; init; }

    /// <summary>The mean difference of the expected price of a decision in US dollars, other settings minus recorded, over decisions that find a provider under both.</summary>
    public required double ExpectedPriceDifferenceUsd { get; init; }

    /// <summary>How many decisions have an outcome that says whether the chosen provider's work was right.</summary>
    public required int Outcomes { get; init; }

    /// <summary>How many of those were chosen with a probability that nobody knows, as by a host's own selection policy that does not say it; they count in <see cref="RecordedSuccess"/> and not in the estimate.</summary>
    public int OutcomesWithoutPropensity { get; init; }

    /// <summary>The share of those that were right; <see langword="null"/> without any.</summary>
    public double? RecordedSuccess { get; init; }

    /// <summary>The share that would be right under the other settings, estimated by inverse propensity and normalised by the sum of weights; <see langword="null"/> when no decision with an outcome stays the same.</summary>
    public double? EstimatedSuccess { get; init; }

    /// <summary>How many outcomes the estimate is worth: the square of the sum of the weights by the sum of their squares. Below about 30, do not trust it.</summary>
    public required double EffectiveOutcomes { get; init; }

    /// <summary>Which providers win tasks from which, the most frequent change first.</summary>
    public required ValueList<RoutingShift> Shifts { get; init; }
}
