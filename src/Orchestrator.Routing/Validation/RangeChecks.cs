namespace Orchestrator.Routing.Validation;

/// <summary>Checks every number and time of the settings that stands for itself.</summary>
internal static class RangeChecks
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static void Check(ProviderRoutingOptions options, SettingErrors errors)
    {
        errors.AtLeast<decimal>(options.RetryCostUsd, 0, nameof(options.RetryCostUsd));
        errors.AtLeast<decimal>(options.ValueOfTimeUsdPerHour, 0, nameof(options.ValueOfTimeUsdPerHour));
        errors.AtLeast<decimal>(options.PreferredModelBonusUsd, 0, nameof(options.PreferredModelBonusUsd));
        errors.AtLeast<decimal>(options.PreferredTagBonusUsd, 0, nameof(options.PreferredTagBonusUsd));
        errors.AtLeast<long>(options.TypicalInputTokens, 0, nameof(options.TypicalInputTokens));
        errors.AtLeast<long>(options.TypicalOutputTokens, 0, nameof(options.TypicalOutputTokens));
        errors.Between<int>(options.MaxFallbacks, 0, 63, nameof(options.MaxFallbacks));
        errors.Between<TimeSpan>(options.HealthCheckTimeout, Tick, TimeSpan.FromMinutes(10), nameof(options.HealthCheckTimeout));
        errors.Between<TimeSpan>(options.HealthCheckValidity, Second, Day, nameof(options.HealthCheckValidity));
        errors.Between<TimeSpan>(options.StateSaveInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(options.StateSaveInterval));
        errors.Name(options.TenantLabel, nameof(options.TenantLabel));
        Check(options.Breaker, nameof(options.Breaker), errors);
        Check(options.Sticky, nameof(options.Sticky), errors);
        Check(options.Learning, nameof(options.Learning), errors);
        Check(options.Attempts, nameof(options.Attempts), errors);
        Check(options.ActiveHealth, nameof(options.ActiveHealth), errors);
    }

    private static void Check(CircuitBreakerOptions? breaker, string at, SettingErrors errors)
    {
        if (errors.NotNull(breaker, at))
        {
            errors.Between<TimeSpan>(breaker.BreakDuration, Tick, Day, $"{at}.{nameof(breaker.BreakDuration)}");
            errors.Between<TimeSpan>(breaker.MaxBreakDuration, breaker.BreakDuration, Week, $"{at}.{nameof(breaker.MaxBreakDuration)}");
            errors.Between<TimeSpan>(breaker.FatalBreakDuration, Tick, Week, $"{at}.{nameof(breaker.FatalBreakDuration)}");
            errors.Between<TimeSpan>(breaker.QuotaDelay, Tick, Week, $"{at}.{nameof(breaker.QuotaDelay)}");
            errors.Between<TimeSpan>(breaker.RateLimitDelay, Tick, Week, $"{at}.{nameof(breaker.RateLimitDelay)}");
            errors.Between<TimeSpan>(breaker.ProbeTimeout, Tick, Day, $"{at}.{nameof(breaker.ProbeTimeout)}");
            errors.Between<int>(breaker.FailureThreshold, 1, 1000, $"{at}.{nameof(breaker.FailureThreshold)}");
            errors.AboveZeroToOne(breaker.FailureRatio, $"{at}.{nameof(breaker.FailureRatio)}");
            errors.Between<int>(breaker.MinimumAttempts, 1, 10_000, $"{at}.{nameof(breaker.MinimumAttempts)}");
            errors.Between<TimeSpan>(breaker.Window, Second, Day, $"{at}.{nameof(breaker.Window)}");
        }
    }

    private static void Check(StickyOptions? sticky, string at, SettingErrors errors)
    {
        if (errors.NotNull(sticky, at))
        {
            errors.AtLeast<decimal>(sticky.StayBonusUsd, 0, $"{at}.{nameof(sticky.StayBonusUsd)}");
            errors.Between<TimeSpan>(sticky.IdleTimeout, Second, TimeSpan.FromDays(30), $"{at}.{nameof(sticky.IdleTimeout)}");
            errors.Between<int>(sticky.MaxSessions, 1, 1_000_000, $"{at}.{nameof(sticky.MaxSessions)}");
        }
    }

    private static void Check(LearningOptions? learning, string at, SettingErrors errors)
    {
        if (errors.NotNull(learning, at))
        {
            errors.Between<double>(learning.Discount, 0.5, 1, $"{at}.{nameof(learning.Discount)}");
            errors.Between<double>(learning.PriorMass, 0.1, 1000, $"{at}.{nameof(learning.PriorMass)}");
            errors.Between<double>(learning.ExplorationShare, 0, 1, $"{at}.{nameof(learning.ExplorationShare)}");
            errors.Between<double>(learning.FloorShare, 0, 0.5, $"{at}.{nameof(learning.FloorShare)}");
            errors.Between<int>(learning.MaxExplorationPriority, -100, 100, $"{at}.{nameof(learning.MaxExplorationPriority)}");
        }
    }

    private static void Check(AttemptOptions? attempts, string at, SettingErrors errors)
    {
        if (errors.NotNull(attempts, at))
        {
            errors.Between<int>(attempts.MaxAttempts, 1, 64, $"{at}.{nameof(attempts.MaxAttempts)}");
            errors.Between<int>(attempts.RetriesOfSameProvider, 0, 10, $"{at}.{nameof(attempts.RetriesOfSameProvider)}");
            errors.Between<TimeSpan>(attempts.RetryDelay, TimeSpan.Zero, Hour, $"{at}.{nameof(attempts.RetryDelay)}");
            errors.Between<TimeSpan>(attempts.MaxWait, TimeSpan.Zero, Hour, $"{at}.{nameof(attempts.MaxWait)}");
            errors.Between<double>(attempts.RetryShare, 0, 1, $"{at}.{nameof(attempts.RetryShare)}");
            errors.Between<int>(attempts.FreeRetries, 0, 10_000, $"{at}.{nameof(attempts.FreeRetries)}");
            errors.Between(attempts.HedgeDelay, Tick, Day, $"{at}.{nameof(attempts.HedgeDelay)}");
            errors.Between<double>(attempts.HedgeShare, 0, 1, $"{at}.{nameof(attempts.HedgeShare)}");
        }
    }

    private static void Check(ActiveHealthOptions? health, string at, SettingErrors errors)
    {
        if (errors.NotNull(health, at))
        {
            errors.Between(health.Interval, Second, Day, $"{at}.{nameof(health.Interval)}");
            errors.Between<int>(health.FailureThreshold, 1, 100, $"{at}.{nameof(health.FailureThreshold)}");
        }
    }
}
