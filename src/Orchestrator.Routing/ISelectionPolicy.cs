namespace Orchestrator.Routing;

/// <summary>A host's own way to choose among the eligible providers; registered with <c>AddSelectionPolicy</c> and chosen by its name in <see cref="ProviderRoutingOptions.Policy"/>, a rule or an experiment.</summary>
/// <remarks>One instance serves the whole host and is called by many threads at once, on the path of every decision: it must be quick and must not block. The same input must give the same choice, or decisions cannot be replayed.</remarks>
public interface ISelectionPolicy
{
    /// <summary>The policy's name, unique and none of <see cref="RoutingPolicies"/>; compared without regard to case.</summary>
    string Name { get; }

    /// <summary>Chooses one candidate.</summary>
    /// <param name="eligible">The candidates that can do the task, at least one, in ordinal order of their names.</param>
    /// <param name="seed">The decision's own random number: the only randomness that a policy may use.</param>
    /// <returns>
    /// The index of the chosen one in <paramref name="eligible"/>, and how likely it was if the policy can say so. For an index that is none, and when the policy throws, the router takes the one with
    /// the best score and logs an error.
    /// </returns>
    SelectionChoice Select(ReadOnlySpan<SelectionCandidate> eligible, ulong seed);
}
