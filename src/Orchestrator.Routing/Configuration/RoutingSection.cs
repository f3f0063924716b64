using Microsoft.Extensions.Configuration;

namespace Orchestrator.Routing.Configuration;

/// <summary>Lays a section of a configuration over the routing options.</summary>
internal static class RoutingSection
{
    /// <summary>Reads every setting that is there; what is wrong is kept in the options until they are validated.</summary>
    public static void Apply(IConfiguration section, ProviderRoutingOptions options)
    {
        var reader = new SectionReader(section, options.ReadErrors);
        reader.Each("providers", (name, provider) => ProviderSection.Read(provider, Settings(options, name)));
        reader.Flag("useCatalogue", value => options.UseCatalogue = value);
        reader.Flag("requireAgents", value => options.RequireAgents = value);
        reader.Money("retryCostUsd", value => options.RetryCostUsd = value);
        reader.Money("valueOfTimeUsdPerHour", value => options.ValueOfTimeUsdPerHour = value);
        reader.Money("preferredModelBonusUsd", value => options.PreferredModelBonusUsd = value);
        reader.Money("preferredTagBonusUsd", value => options.PreferredTagBonusUsd = value);
        reader.Long("typicalInputTokens", value => options.TypicalInputTokens = value);
        reader.Long("typicalOutputTokens", value => options.TypicalOutputTokens = value);
        reader.Number("maxFallbacks", value => options.MaxFallbacks = value);
        reader.Duration("healthCheckTimeout", value => options.HealthCheckTimeout = value);
        reader.Duration("healthCheckValidity", value => options.HealthCheckValidity = value);
        reader.Text("policy", value => options.Policy = value);
        reader.Text("tenantLabel", value => options.TenantLabel = value);
        reader.Flag("recordDecisions", value => options.RecordDecisions = value);
        reader.UnsignedLong("seed", value => options.Seed = value);
        reader.List("rules", RuleSection.ReadRule, value => options.Rules = value);
        reader.List("experiments", RuleSection.ReadExperiment, value => options.Experiments = value);
        reader.List("budgets", ReadBudget, value => options.Budgets = value);
        reader.Section("breaker", breaker => Read(breaker, options.Breaker ??= new()));
        reader.Section("sticky", sticky => Read(sticky, options.Sticky ??= new()));
        reader.Section("learning", learning => Read(learning, options.Learning ??= new()));
        reader.Section("attempts", attempts => Read(attempts, options.Attempts ??= new()));
        reader.Section("activeHealth", health => Read(health, options.ActiveHealth ??= new()));
        reader.RejectUnknown();
    }

    // Settings of code and of configuration meet in one object, whatever case the names have.
    private static ProviderSettings Settings(ProviderRoutingOptions options, string name)
    {
        options.Providers ??= new Dictionary<string, ProviderSettings>(StringComparer.OrdinalIgnoreCase);
        var key = options.Providers.Keys.FirstOrDefault(key => string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) ?? name;
        return options.Providers.TryGetValue(key, out var settings) && settings is not null ? settings : options.Providers[key] = new ProviderSettings();
    }

    private static RoutingBudget ReadBudget(SectionReader reader)
    {
        var budget = new RoutingBudget();
        reader.Text("name", value => budget.Name = value);
        reader.Name<BudgetScope>("scope", value => budget.Scope = value);
        reader.Text("owner", value => budget.Owner = value);
        reader.Name<BudgetWindow>("window", value => budget.Window = value);
        reader.Money("maxUsd", value => budget.MaxUsd = value);
        reader.Long("maxTokens", value => budget.MaxTokens = value);
        return budget;
    }

    private static void Read(SectionReader reader, CircuitBreakerOptions breaker)
    {
        reader.Number("failureThreshold", value => breaker.FailureThreshold = value);
        reader.Share("failureRatio", value => breaker.FailureRatio = value);
        reader.Number("minimumAttempts", value => breaker.MinimumAttempts = value);
        reader.Duration("window", value => breaker.Window = value);
        reader.Duration("breakDuration", value => breaker.BreakDuration = value);
        reader.Duration("maxBreakDuration", value => breaker.MaxBreakDuration = value);
        reader.Duration("fatalBreakDuration", value => breaker.FatalBreakDuration = value);
        reader.Duration("quotaDelay", value => breaker.QuotaDelay = value);
        reader.Duration("rateLimitDelay", value => breaker.RateLimitDelay = value);
        reader.Duration("probeTimeout", value => breaker.ProbeTimeout = value);
    }

    private static void Read(SectionReader reader, StickyOptions sticky)
    {
        reader.Flag("enabled", value => sticky.Enabled = value);
        reader.Money("stayBonusUsd", value => sticky.StayBonusUsd = value);
        reader.Duration("idleTimeout", value => sticky.IdleTimeout = value);
        reader.Number("maxSessions", value => sticky.MaxSessions = value);
    }

    private static void Read(SectionReader reader, LearningOptions learning)
    {
        reader.Flag("frozen", value => learning.Frozen = value);
        reader.Share("discount", value => learning.Discount = value);
        reader.Share("priorMass", value => learning.PriorMass = value);
        reader.Share("explorationShare", value => learning.ExplorationShare = value);
        reader.Share("floorShare", value => learning.FloorShare = value);
        reader.Number("maxExplorationPriority", value => learning.MaxExplorationPriority = value);
    }

    private static void Read(SectionReader reader, AttemptOptions attempts)
    {
        reader.Number("maxAttempts", value => attempts.MaxAttempts = value);
        reader.Number("retriesOfSameProvider", value => attempts.RetriesOfSameProvider = value);
        reader.Duration("retryDelay", value => attempts.RetryDelay = value);
        reader.Duration("maxWait", value => attempts.MaxWait = value);
        reader.Share("retryShare", value => attempts.RetryShare = value);
        reader.Number("freeRetries", value => attempts.FreeRetries = value);
        reader.Duration("hedgeDelay", value => attempts.HedgeDelay = value);
        reader.Share("hedgeShare", value => attempts.HedgeShare = value);
    }

    private static void Read(SectionReader reader, ActiveHealthOptions health)
    {
        reader.Duration("interval", value => health.Interval = value);
        reader.Number("failureThreshold", value => health.FailureThreshold = value);
    }
}
