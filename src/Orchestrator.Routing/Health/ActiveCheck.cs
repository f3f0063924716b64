using Orchestrator.Providers;

namespace Orchestrator.Routing.Health;

/// <summary>The last health check of a candidate.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Health">What it found.</param>
/// <param name="FailuresInRow">How many checks in a row said no, with this one.</param>
internal sealed record ActiveCheck(DateTimeOffset At, ProviderHealth Health, int FailuresInRow);
