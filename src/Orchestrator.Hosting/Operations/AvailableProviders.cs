using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>Which providers suit a task, and why the others do not.</summary>
public sealed record AvailableProviders
{
    /// <summary>Those that can do it, best first, each with the score by which they were compared.</summary>
    public required ValueList<CandidateExplanation> Suitable { get; init; }

    /// <summary>Those that cannot, in ordinal order of their names, each with every reason.</summary>
    public required ValueList<CandidateExplanation> Unsuitable { get; init; }

    /// <summary>When the first of them may be able to by itself, when none is now; <see langword="null"/> when one is, or none will be.</summary>
    public DateTimeOffset? EligibleAt { get; init; }
}
