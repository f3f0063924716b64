using Orchestrator.Providers;

namespace Orchestrator.Routing.Limits;

/// <summary>The limits of one provider as numbers that a check needs; 0 stands for no limit, save for <see cref="Concurrent"/>.</summary>
internal readonly struct LimitConfig(ProviderLimits limits)
{
    /// <summary><see cref="int.MaxValue"/> without a limit.</summary>
    public int Concurrent { get; } = limits.Concurrent ?? int.MaxValue;

    public int RequestsPerMinute { get; } = limits.RequestsPerMinute ?? 0;

    public long TokensPerMinute { get; } = limits.TokensPerMinute ?? 0;

    public int RequestsPerDay { get; } = limits.RequestsPerDay ?? 0;
}
