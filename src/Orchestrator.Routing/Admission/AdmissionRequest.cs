using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>What one attempt needs before it starts.</summary>
/// <param name="Task">The task; its id and labels say which budgets apply.</param>
/// <param name="Provider">The provider's name, in any case.</param>
/// <param name="AttemptId">The attempt's identity, unique; the state store knows its reservation by it.</param>
/// <param name="ExpectedUsd">What it is expected to cost, in US dollars, from 0. As much is reserved from every budget with a cap on money.</param>
/// <param name="ExpectedTokens">How many tokens it is expected to use, from 0. As many are reserved from every budget with a cap on tokens.</param>
/// <param name="Duration">How long everything is kept when nobody renews or settles it. From 1 second to 7 days; a value outside counts as the nearest one inside, and 0 as 1 hour.</param>
public readonly record struct AdmissionRequest(
    AgentTask Task, string Provider, string AttemptId, decimal ExpectedUsd = 0, long ExpectedTokens = 0, TimeSpan Duration = default);
