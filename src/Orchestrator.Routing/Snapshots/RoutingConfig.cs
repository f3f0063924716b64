namespace Orchestrator.Routing.Snapshots;

/// <summary>The options as one snapshot read them: nothing changes them afterwards.</summary>
internal sealed record RoutingConfig
{
    public RoutingConfig(ProviderRoutingOptions options, ulong seed)
    {
        Seed = seed;
        RetryCostUsd = (double)options.RetryCostUsd;
        ValueOfTimeUsdPerSecond = (double)options.ValueOfTimeUsdPerHour / 3600;
        PreferredModelBonusUsd = (double)options.PreferredModelBonusUsd;
        TypicalInputTokens = options.TypicalInputTokens;
        TypicalOutputTokens = options.TypicalOutputTokens;
        MaxFallbacks = options.MaxFallbacks;
        HealthCheckTimeout = options.HealthCheckTimeout;
        HealthCheckValidity = options.HealthCheckValidity;
        FailureThreshold = options.Breaker.FailureThreshold;
        BreakDuration = options.Breaker.BreakDuration;
        MaxBreakDuration = options.Breaker.MaxBreakDuration;
        FatalBreakDuration = options.Breaker.FatalBreakDuration;
        QuotaDelay = options.Breaker.QuotaDelay;
        RateLimitDelay = options.Breaker.RateLimitDelay;
        ProbeTimeout = options.Breaker.ProbeTimeout;
    }

    public ulong Seed { get; }

    public double RetryCostUsd { get; }

    public double ValueOfTimeUsdPerSecond { get; }

    public double PreferredModelBonusUsd { get; }

    public long TypicalInputTokens { get; }

    public long TypicalOutputTokens { get; }

    public int MaxFallbacks { get; }

    public TimeSpan HealthCheckTimeout { get; }

    public TimeSpan HealthCheckValidity { get; }

    public int FailureThreshold { get; }

    public TimeSpan BreakDuration { get; }

    public TimeSpan MaxBreakDuration { get; }

    public TimeSpan FatalBreakDuration { get; }

    public TimeSpan QuotaDelay { get; }

    public TimeSpan RateLimitDelay { get; }

    public TimeSpan ProbeTimeout { get; }
}
