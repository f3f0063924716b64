using Orchestrator.Providers;

namespace Orchestrator.Routing.Health;

/// <summary>What a health check of one provider found.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Health">Its health.</param>
/// <param name="Duration">How long the check took.</param>
public sealed record ProviderCheck(string Provider, ProviderHealth Health, TimeSpan Duration);
