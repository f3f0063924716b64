using System.Runtime.CompilerServices;
using Orchestrator.Routing.Rules;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.Sticky;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Selection;

/// <summary>A task in the form that candidates are compared with: bits and numbers, made once a decision. Holds what was resolved: complexity, session, rule, experiment, profile and policy.</summary>
internal readonly struct RoutingQuery
{
    /// <summary>No rule, or no experiment, is for the task.</summary>
    public const int NoMatch = -1;

    /// <param name="task">The task.</param>
    /// <param name="constraints">What the call excludes.</param>
    /// <param name="snapshot">The settings.</param>
    /// <param name="asShadow">Whether an experiment that is a shadow sends the task where its arm says, as if it were none.</param>
    public RoutingQuery(AgentTask task, RoutingConstraints? constraints, RoutingSnapshot snapshot, bool asShadow = false)
    {
        var config = snapshot.Config;
        Task = task;
        Constraints = constraints;
        Complexity = TaskComplexities.Of(task);
        Session = config.IsSticky ? SessionKeys.Of(task) : SessionKeys.None;
        (Rule, Experiment, Arm) = (NoMatch, NoMatch, CompiledExperiment.NoArm);
        if (snapshot.HasRulesOrExperiments)
        {
            Match(snapshot, task, CompiledMatch.Bits(task, Complexity), ref Rule, ref Experiment, ref Arm);
            Target = TargetOf(snapshot, asShadow);
            HasShadow = !asShadow && Arm != CompiledExperiment.NoArm && snapshot.Experiments[Experiment].IsShadow;
        }

        Method = task.Provider is null && Target?.Method is { } method ? method : config.Method;
        Weights = CostWeights.Of(task.Provider is null && Target?.Profile is { } profile ? profile : task.CostProfile, task.Priority);
        Traits = CandidateTraits.Enabled | CandidateTraits.Of(task.Type) | CandidateTraits.Of(task.Source.Kind);
        Capabilities = snapshot.CapabilityNames.ToMask(task.Requires, out var isKnown);
        IsCapabilityUnknown = !isKnown;
        HasRegions = task.DataResidency.Count > 0;
        Regions = HasRegions ? snapshot.RegionNames.ToMask(task.DataResidency, out _) : 0;
        Tags = task.PreferredTags.Count > 0 ? snapshot.TagNames.ToMask(task.PreferredTags, out _) : 0;
        EstimatedTokens = constraints?.EstimatedTokens;
        MoreContextThan = constraints?.MoreContextThan ?? 0;
        InputTokens = EstimatedTokens ?? config.TypicalInputTokens;
        OutputTokens = config.TypicalOutputTokens;
        MaxCostUsd = (constraints?.RemainingUsd ?? task.MaxCostUsd) is { } limit ? (double)limit : double.PositiveInfinity;
        HasExclusions = constraints is not null && (constraints.AlreadyTried.Count > 0 || constraints.Excluded.Count > 0);
        MayExplore = !config.IsFrozen && task.Priority <= config.MaxExplorationPriority;
    }

    public AgentTask Task { get; }

    public RoutingConstraints? Constraints { get; }

    public TaskComplexity Complexity { get; }

    /// <summary>The session, see <see cref="SessionKeys"/>.</summary>
    public ulong Session { get; }

    /// <summary>The first rule that matches, as an index.</summary>
    public readonly int Rule;

    /// <summary>The first experiment that matches, as an index.</summary>
    public readonly int Experiment;

    /// <summary>The task's arm in it.</summary>
    public readonly int Arm;

    /// <summary>Where rule or experiment send the task; null when there is none, or it only looks on.</summary>
    public CompiledTarget? Target { get; }

    /// <summary>Whether the task is in an arm of an experiment that only looks on.</summary>
    public bool HasShadow { get; }

    public SelectionMethod Method { get; }

    public CostWeights Weights { get; }

    public uint Traits { get; }

    public ulong Capabilities { get; }

    /// <summary>Whether the task needs something that no provider declares.</summary>
    public bool IsCapabilityUnknown { get; }

    /// <summary>Whether the task says where its data may be processed.</summary>
    public bool HasRegions { get; }

    public ulong Regions { get; }

    /// <summary>The preferred tags.</summary>
    public ulong Tags { get; }

    public long? EstimatedTokens { get; }

    /// <summary>A context window must be larger than this; 0 when any will do.</summary>
    public long MoreContextThan { get; }

    public double InputTokens { get; }

    public double OutputTokens { get; }

    public double MaxCostUsd { get; }

    public bool HasExclusions { get; }

    /// <summary>Whether chance may be used to learn.</summary>
    public bool MayExplore { get; }

    /// <summary>What an attempt is expected to use.</summary>
    public long ExpectedTokens => (long)(InputTokens + OutputTokens);

    /// <summary>Whether a rule or an experiment decides, and not the task itself.</summary>
    public bool IsDirected => Target is not null && Task.Provider is null;

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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Match(RoutingSnapshot snapshot, AgentTask task, ulong bits, ref int rule, ref int experiment, ref int arm)
    {
        var rules = snapshot.Rules;
        for (var i = 0; i < rules.Length; i++)
        {
            if (rules[i].When.Matches(task, bits))
            {
                rule = i;
                return;
            }
        }

        var experiments = snapshot.Experiments;
        for (var i = 0; i < experiments.Length && task.Provider is null; i++)
        {
            if (experiments[i].When.Matches(task, bits))
            {
                experiment = i;
                arm = experiments[i].ArmOf(task);
                return;
            }
        }
    }

    private CompiledTarget? TargetOf(RoutingSnapshot snapshot, bool asShadow) =>
        Rule != NoMatch ? snapshot.Rules[Rule].Then
        : Arm != CompiledExperiment.NoArm && snapshot.Experiments[Experiment].IsShadow == asShadow ? snapshot.Experiments[Experiment].Targets[Arm]
        : null;
}
