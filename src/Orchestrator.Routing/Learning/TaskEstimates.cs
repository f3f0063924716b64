using Orchestrator.Routing.Learning;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>What was seen of one provider for one type and complexity of task, as <see cref="EstimatesExport"/> carries it. Numbers of tasks are discounted and therefore not whole.</summary>
public sealed record TaskEstimates
{
    /// <summary>The type.</summary>
    public required AgentTaskType TaskType { get; init; }

    /// <summary>The complexity; <see cref="TaskComplexity.Unknown"/> for the type as a whole.</summary>
    public TaskComplexity Complexity { get; init; }

    /// <summary>Verified tasks of this complexity that were right, from 0.</summary>
    public double Successes { get; init; }

    /// <summary>Verified tasks of this complexity, from <see cref="Successes"/>.</summary>
    public double Trials { get; init; }

    /// <summary>Verified tasks of the other complexities that were right, from 0: the prior of this one.</summary>
    public double OtherSuccesses { get; init; }

    /// <summary>Verified tasks of the other complexities, from <see cref="OtherSuccesses"/>.</summary>
    public double OtherTrials { get; init; }

    /// <summary>The natural logarithm of durations in seconds, of this complexity.</summary>
    public EstimateMoments LogSeconds { get; init; }

    /// <summary>The natural logarithm of durations in seconds, of the other complexities.</summary>
    public EstimateMoments OtherLogSeconds { get; init; }

    /// <summary>Costs in US dollars, of this complexity.</summary>
    public EstimateMoments Usd { get; init; }

    /// <summary>Costs in US dollars, of the other complexities.</summary>
    public EstimateMoments OtherUsd { get; init; }

    /// <summary>Whether the numbers can be what they say.</summary>
    internal bool IsValid =>
        TaskType is > AgentTaskType.Unknown and <= AgentTaskType.Optimize
        && Complexity is >= TaskComplexity.Unknown and <= TaskComplexity.Complex
        && Successes >= 0 && Trials >= Successes && double.IsFinite(Trials)
        && OtherSuccesses >= 0 && OtherTrials >= OtherSuccesses && double.IsFinite(OtherTrials)
        && LogSeconds.IsValid && OtherLogSeconds.IsValid && Usd.IsValid && OtherUsd.IsValid;

    internal static TaskEstimates From(AgentTaskType type, TaskComplexity complexity, in CellEvidence evidence) => new()
    {
        TaskType = type,
        Complexity = complexity,
        Successes = evidence.Successes,
        Trials = evidence.Trials,
        OtherSuccesses = evidence.OtherSuccesses,
        OtherTrials = evidence.OtherTrials,
        LogSeconds = EstimateMoments.From(evidence.LogSeconds),
        OtherLogSeconds = EstimateMoments.From(evidence.OtherLogSeconds),
        Usd = EstimateMoments.From(evidence.Usd),
        OtherUsd = EstimateMoments.From(evidence.OtherUsd),
    };

    internal CellEvidence ToEvidence() => new()
    {
        Successes = Successes,
        Trials = Trials,
        OtherSuccesses = OtherSuccesses,
        OtherTrials = OtherTrials,
        LogSeconds = LogSeconds.ToMoments(),
        OtherLogSeconds = OtherLogSeconds.ToMoments(),
        Usd = Usd.ToMoments(),
        OtherUsd = OtherUsd.ToMoments(),
    };
}
