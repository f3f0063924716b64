using System.Text.Json.Serialization;
using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>What came of one attempt, told to the router.</summary>
/// <param name="DecisionId">The decision that led to the attempt.</param>
/// <param name="Provider">The provider that did the work, which may be a fallback.</param>
/// <param name="TaskType">The task's type.</param>
/// <param name="Stage">Whether the attempt ended or its result was verified.</param>
/// <param name="Failure">Why it did not work; <see langword="null"/> when it did.</param>
/// <param name="RetryAfter">How long the provider asked us to wait.</param>
/// <param name="Duration">How long the attempt took.</param>
/// <param name="CostUsd">What it cost in US dollars; 0 when not known.</param>
/// <param name="Tokens">All tokens used; 0 when not known.</param>
/// <param name="Complexity">The task's complexity as the decision took it, see <see cref="RoutingDecision.Complexity"/>.</param>
[method: JsonConstructor]
public readonly record struct ExecutionOutcome(
    Guid DecisionId,
    string Provider,
    AgentTaskType TaskType,
    OutcomeStage Stage,
    FailureClass? Failure = null,
    TimeSpan? RetryAfter = null,
    TimeSpan Duration = default,
    decimal CostUsd = 0,
    long Tokens = 0,
    TaskComplexity Complexity = TaskComplexity.Unknown)
{
    /// <summary>Whether the attempt worked.</summary>
    public bool Succeeded => Failure is null;
}
