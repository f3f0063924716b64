using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>One attempt in the story of a task.</summary>
/// <param name="Id">The attempt's identity.</param>
/// <param name="Number">1 for the first.</param>
/// <param name="Provider">Who.</param>
/// <param name="Model">With which model; <see langword="null"/> for the provider's default.</param>
/// <param name="DecisionId">The decision that led to it.</param>
/// <param name="Failure">Why it failed; <see langword="null"/> when it succeeded.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="CostUsd">What was charged, in US dollars.</param>
/// <param name="Tokens">Tokens used, as far as known.</param>
/// <param name="IsHedge">Whether it was the second of two at the same time.</param>
public sealed record AttemptTrace(
    string Id, int Number, string Provider, string? Model, Guid DecisionId, AgentFailure? Failure, TimeSpan Duration, decimal CostUsd, long Tokens, bool IsHedge);
