using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Selection;

/// <summary>A task in the form that candidates are compared with: bits and numbers, made once a decision.</summary>
internal readonly struct RoutingQuery
{
    public RoutingQuery(AgentTask task, RoutingConstraints? constraints, RoutingSnapshot snapshot, DateTimeOffset now)
    {
        Task = task;
        Constraints = constraints;
        Now = now.UtcTicks;
        Traits = CandidateTraits.Enabled | CandidateTraits.Of(task.Type) | CandidateTraits.Of(task.Source.Kind);
        Capabilities = snapshot.CapabilityMap.ToMask(task.Requires, out var isKnown);
        IsCapabilityUnknown = !isKnown;
        EstimatedTokens = constraints?.EstimatedTokens;
        InputTokens = EstimatedTokens ?? snapshot.Config.TypicalInputTokens;
        OutputTokens = snapshot.Config.TypicalOutputTokens;
        MaxCostUsd = task.MaxCostUsd is { } limit ? (double)limit : double.PositiveInfinity;
        HasExclusions = constraints is not null && (constraints.AlreadyTried.Count > 0 || constraints.Excluded.Count > 0);
        Weights = CostWeights.Of(task.CostProfile, task.Priority);
        Type = task.Type is > AgentTaskType.Unknown and <= AgentTaskType.Optimize ? (int)task.Type : 0;
    }

    public AgentTask Task { get; }

    public RoutingConstraints? Constraints { get; }

    public long Now { get; }

    public uint Traits { get; }

    public ulong Capabilities { get; }

    /// <summary>Whether the task needs something that no provider declares.</summary>
    public bool IsCapabilityUnknown { get; }

    public long? EstimatedTokens { get; }

    public double InputTokens { get; }

    public double OutputTokens { get; }

    public double MaxCostUsd { get; }

    public bool HasExclusions { get; }

    public CostWeights Weights { get; }

    /// <summary>The task's type as an index; 0 for one that is not known.</summary>
    public int Type { get; }

    public static bool Holds(ValueList<string> names, string name)
    {
        foreach (var other in names.AsSpan())
        {
            if (string.Equals(other, name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
