using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>One thing that speaks against a candidate, with the value against the limit.</summary>
public sealed record RejectionDetail
{
    /// <summary>The reason.</summary>
    public required RejectionReason Reason { get; init; }

    /// <summary>What the task needs or what is the case: <c>shell</c>, <c>41000 tokens</c>, <c>4 executions</c>.</summary>
    public string? Value { get; init; }

    /// <summary>What it is held against: the limit, or what the provider has.</summary>
    public string? Limit { get; init; }

    /// <summary>When it ends by itself; <see langword="null"/> when it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The sentence for people.</summary>
    /// <value>The reason's name by default.</value>
    public string Text { get => field ?? Reason.ToName(); init; }
}
