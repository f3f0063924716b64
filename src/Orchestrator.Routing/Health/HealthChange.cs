namespace Orchestrator.Routing.Health;

/// <summary>What an outcome changed about a provider's health.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Until">Until when it is left alone, UTC ticks; 0 when it is not.</param>
internal readonly record struct HealthChange(HealthChangeKind Kind, long Until);
