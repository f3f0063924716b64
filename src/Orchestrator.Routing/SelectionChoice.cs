namespace Orchestrator.Routing;

/// <summary>What a host's own selection policy chose.</summary>
/// <param name="Index">The index of the chosen one among the eligible candidates.</param>
/// <param name="Propensity">
/// The probability with which the policy chooses it from these candidates, above 0 and at most 1: 1 when the seed plays no part. <see langword="null"/>, or any other number, says that it is not known;
/// then the outcome of the decision teaches nothing about other settings.
/// </param>
public readonly record struct SelectionChoice(int Index, double? Propensity = null)
{
    /// <summary>An index of which the probability is not known.</summary>
    /// <param name="index">The index of the chosen one among the eligible candidates.</param>
    public static implicit operator SelectionChoice(int index) => new(index);

    /// <summary>An index of which the probability is not known.</summary>
    /// <param name="index">The index of the chosen one among the eligible candidates.</param>
    /// <returns>The choice.</returns>
    public static SelectionChoice FromInt32(int index) => new(index);
}
