using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>How often a provider's verified work is believed to be right.</summary>
/// <param name="TaskType">For this type of task.</param>
/// <param name="Rate">The share, from 0 to 1.</param>
public readonly record struct ProviderSuccessRate(AgentTaskType TaskType, double Rate);
