using System.Text.Json.Serialization;
using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing;

/// <summary>Mean and spread of a series that slowly forgets, as <see cref="EstimatesExport"/> carries them.</summary>
/// <param name="Weight">How many values it weighs as much as, from 0.</param>
/// <param name="Mean">The mean of the values.</param>
/// <param name="Squares">The discounted sum of squared distances from the mean, from 0.</param>
[method: JsonConstructor]
public readonly record struct EstimateMoments(double Weight, double Mean, double Squares)
{
    /// <summary>Whether the numbers can be what they say.</summary>
    internal bool IsValid => Weight >= 0 && Squares >= 0 && double.IsFinite(Weight) && double.IsFinite(Mean) && double.IsFinite(Squares);

    internal static EstimateMoments From(in DecayedMoments moments) => new(moments.Weight, moments.Mean, moments.Squares);

    internal DecayedMoments ToMoments() => new() { Weight = Weight, Mean = Mean, Squares = Squares };
}
