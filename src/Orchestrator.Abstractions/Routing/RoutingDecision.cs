using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Which provider does a task, who comes next, and why.</summary>
/// <remarks>A value type, so that routing need not allocate; the lists in it are shared between decisions.</remarks>
public readonly record struct RoutingDecision
{
    /// <summary>Creates an empty decision.</summary>
    public RoutingDecision()
    {
    }

    /// <summary>The decision's identity, under which outcomes are reported.</summary>
    public Guid Id { get; init; }

    /// <summary>The chosen provider; <see langword="null"/> when every one was rejected.</summary>
    public string? Provider { get; init; }

    /// <summary>The chosen model; <see langword="null"/> for the provider's default.</summary>
    public string? Model { get; init; }

    /// <summary>Providers to try next, best first, should the chosen one fail.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<string>))]
    public ValueList<string> Fallbacks { get => field ?? []; init => field = value ?? []; } = [];

    /// <summary>What decided.</summary>
    public RoutingReason Reason { get; init; }

    /// <summary>The name behind the reason: the rule, <c>experiment/arm</c>, or the selection policy; <see langword="null"/> when the best score decided.</summary>
    public string? Because { get; init; }

    /// <summary>The complexity that the task was taken for; outcomes are learned under it.</summary>
    public TaskComplexity Complexity { get; init; }

    /// <summary>What the chosen provider's attempt is expected to cost in US dollars: what is reserved from budgets.</summary>
    public double ExpectedPriceUsd { get; init; }

    /// <summary>The tokens that the attempt is expected to use: what is reserved from budgets and limits.</summary>
    public long ExpectedTokens { get; init; }

    /// <summary>The expected cost in US dollars by which the candidates were compared; lower is better.</summary>
    public double Score { get; init; }

    /// <summary>The probability with which this provider was chosen, above 0 and at most 1; 1 when no chance was involved.</summary>
    /// <value><see langword="null"/> by default: not known, as when a host's own selection policy does not say.</value>
    public double? Propensity { get; init => field = value is > 0 and <= 1 ? value : null; }

    /// <summary>The version of the registry's snapshot, to replay the decision.</summary>
    public long SnapshotVersion { get; init; }

    /// <summary>The seed of the random numbers, to replay the decision.</summary>
    public ulong Seed { get; init; }

    /// <summary>Why there is no provider; <see langword="null"/> when there is one.</summary>
    public RoutingRejection? Rejection { get; init; }

    /// <summary>Whether no provider can do the task.</summary>
    [JsonIgnore]
    public bool IsRejected => Provider is null;
}
