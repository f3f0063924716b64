using Orchestrator.Routing.Attempts;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Selection;

namespace Orchestrator.Routing.Snapshots;

/// <summary>The options as one snapshot read them: nothing changes them afterwards.</summary>
internal sealed record RoutingConfig
{
    public RoutingConfig(ProviderRoutingOptions options, ulong seed, IEnumerable<ISelectionPolicy>? policies = null)
    {
        Options = options;
        Seed = seed;
        Methods = new SelectionMethods(policies ?? []);
        Method = Methods.Find(options.Policy);
        PreferredTagBonusUsd = (double)options.PreferredTagBonusUsd;
        IsSticky = options.Sticky.Enabled;
        StayBonusUsd = (double)options.Sticky.StayBonusUsd;
        SessionIdle = options.Sticky.IdleTimeout;
        MaxSessions = options.Sticky.MaxSessions;
        IsFrozen = options.Learning.Frozen;
        ExplorationShare = options.Learning.ExplorationShare;
        FloorShare = options.Learning.FloorShare;
        MaxExplorationPriority = options.Learning.MaxExplorationPriority;
        TenantLabel = options.TenantLabel;
        Learning = new LearningConfig(options.Learning);
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
        FailureRatio = options.Breaker.FailureRatio;
        MinimumAttempts = options.Breaker.MinimumAttempts;
        BreakerWindow = options.Breaker.Window;
        HealthCheckInterval = options.ActiveHealth.Interval;
        HealthCheckFailureThreshold = options.ActiveHealth.FailureThreshold;
        Budgets = BudgetConfig.From(options);
        Attempts = new AttemptConfig(options.Attempts);
    }

    public AttemptConfig Attempts { get; }

    /// <summary>What all of this was read from: for the record of decisions, not for decisions.</summary>
    public ProviderRoutingOptions Options { get; }

    /// <summary>The selection policies by name.</summary>
    public SelectionMethods Methods { get; }

    /// <summary>The host's selection policy.</summary>
    public SelectionMethod Method { get; }

    public double PreferredTagBonusUsd { get; }

    public bool IsSticky { get; }

    public double StayBonusUsd { get; }

    public TimeSpan SessionIdle { get; }

    public int MaxSessions { get; }

    public bool IsFrozen { get; }

    public double ExplorationShare { get; }

    public double FloorShare { get; }

    public int MaxExplorationPriority { get; }

    public string TenantLabel { get; }

    public ulong Seed { get; }

    public LearningConfig Learning { get; }

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

    public double FailureRatio { get; }

    public int MinimumAttempts { get; }

    public TimeSpan BreakerWindow { get; }

    public TimeSpan? HealthCheckInterval { get; }

    public int HealthCheckFailureThreshold { get; }

    /// <summary>In the order of the settings.</summary>
    public BudgetConfig[] Budgets { get; }
}
