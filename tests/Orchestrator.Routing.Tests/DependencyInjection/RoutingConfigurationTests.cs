using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Tasks;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.DependencyInjection;

public sealed class RoutingConfigurationTests
{
    private const string Everything = """
        {
          "providers": {
            "CODEX": {
              "enabled": true, "draining": true, "pricePerTaskUsd": 0.25, "maxConcurrent": 2, "requestsPerMinute": 3, "tokensPerMinute": 4000000000, "requestsPerDay": 5,
              "successRate": 0.9, "typicalDuration": "90s", "weight": 2.5, "tier": 1, "taskTypes": ["fix", "Refactor"], "sources": ["github", "new_build"],
              "capabilities": ["edit"], "tags": ["cheap"], "dataResidency": ["eu"], "fallbacks": ["claude"],
              "models": [{ "name": "m", "contextWindow": 1000, "inputUsd": 1, "cachedInputUsd": 0.1, "cacheWriteUsd": 1.25, "outputUsd": 8 }]
            }
          },
          "useCatalogue": false, "requireAgents": true, "retryCostUsd": 1, "valueOfTimeUsdPerHour": 3, "preferredModelBonusUsd": 0.3, "preferredTagBonusUsd": 0.2,
          "typicalInputTokens": 1, "typicalOutputTokens": 2, "maxFallbacks": 3, "healthCheckTimeout": "10s", "healthCheckValidity": "00:10:00", "policy": "tiers",
          "tenantLabel": "team", "recordDecisions": false, "seed": 18446744073709551615,
          "rules": [{
            "name": "r",
            "when": { "taskTypes": ["fix"], "sources": ["local"], "complexities": ["simple"], "profiles": ["balanced"], "labels": { "Team": "*" }, "minPriority": -5, "maxPriority": 5 },
            "then": { "provider": "claude", "group": "g", "deny": ["codex"], "profile": "economy", "policy": "best" }
          }],
          "experiments": [{ "name": "e", "unitLabel": "u", "shadow": true, "when": { "repositories": ["acme/*"] }, "arms": [{ "name": "a", "share": 0.1, "then": { "profile": "fast" } }] }],
          "budgets": [{ "name": "b", "scope": "provider", "owner": "codex", "window": "month", "maxUsd": 5.5, "maxTokens": 7 }],
          "breaker": {
            "failureThreshold": 4, "failureRatio": 0.4, "minimumAttempts": 5, "window": "1h", "breakDuration": "1s", "maxBreakDuration": "2m", "fatalBreakDuration": "3m",
            "quotaDelay": "4m", "rateLimitDelay": "5m", "probeTimeout": "6m"
          },
          "sticky": { "enabled": false, "stayBonusUsd": 0.4, "idleTimeout": "2h", "maxSessions": 9 },
          "learning": { "frozen": true, "discount": 0.9, "priorMass": 3, "explorationShare": 0.1, "floorShare": 0.02, "maxExplorationPriority": 7 },
          "attempts": {
            "maxAttempts": 2, "retriesOfSameProvider": 0, "retryDelay": "500ms", "maxWait": "1m", "retryShare": 0.3, "freeRetries": 4, "hedgeDelay": "3s", "hedgeShare": 0.06
          },
          "activeHealth": { "interval": "1d", "failureThreshold": 2 }
        }
        """;

    [Fact]
    public void Every_setting_can_stand_in_a_configuration()
    {
        var options = Read(Everything);

        Assert.Empty(options.ReadErrors);
        var codex = Assert.Single(options.Providers).Value;
        Assert.Equal((true, 0.25m, 2, 3, 4_000_000_000L), (codex.Draining, codex.PricePerTaskUsd, codex.MaxConcurrent, codex.RequestsPerMinute, codex.TokensPerMinute));
        Assert.Equal((5, 0.9, TimeSpan.FromSeconds(90), 2.5, 1), (codex.RequestsPerDay, codex.SuccessRate, codex.TypicalDuration, codex.Weight, codex.Tier));
        Assert.Equal([AgentTaskType.Fix, AgentTaskType.Refactor], codex.TaskTypes!);
        Assert.Equal([SourceKind.GitHub, SourceKind.NewBuild], codex.Sources!);
        Assert.Equal(["edit", "cheap", "eu", "claude"], [.. codex.Capabilities!, .. codex.Tags, .. codex.DataResidency!, .. codex.Fallbacks]);
        var model = Assert.Single(codex.Models!);
        Assert.Equal(("m", 1000L, 1m, 0.1m, 1.25m, 8m), (model.Name, model.ContextWindow, model.InputUsd, model.CachedInputUsd, model.CacheWriteUsd, model.OutputUsd));
        Assert.Equal((false, true, 1m, 3m, 0.3m, 0.2m), (options.UseCatalogue, options.RequireAgents, options.RetryCostUsd, options.ValueOfTimeUsdPerHour, options.PreferredModelBonusUsd, options.PreferredTagBonusUsd));
        Assert.Equal((1L, 2L, 3, "tiers", "team", false, ulong.MaxValue), (options.TypicalInputTokens, options.TypicalOutputTokens, options.MaxFallbacks, options.Policy, options.TenantLabel, options.RecordDecisions, options.Seed));
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10)), (options.HealthCheckTimeout, options.HealthCheckValidity));
    }

    [Fact]
    public void Rules_experiments_and_budgets_can_stand_in_a_configuration()
    {
        var options = Read(Everything);

        var rule = Assert.Single(options.Rules);
        Assert.Equal(("r", AgentTaskType.Fix, SourceKind.Local, TaskComplexity.Simple, CostProfile.Balanced), (rule.Name, rule.When.TaskTypes[0], rule.When.Sources[0], rule.When.Complexities[0], rule.When.Profiles[0]));
        Assert.Equal(("*", -5, 5), (rule.When.Labels["Team"], rule.When.MinPriority, rule.When.MaxPriority));
        Assert.Equal(("claude", "g", "codex", CostProfile.Economy, "best"), (rule.Then.Provider, rule.Then.Group, rule.Then.Deny[0], rule.Then.Profile, rule.Then.Policy));
        var experiment = Assert.Single(options.Experiments);
        var arm = Assert.Single(experiment.Arms);
        Assert.Equal(("e", "u", true, "acme/*"), (experiment.Name, experiment.UnitLabel, experiment.Shadow, experiment.When.Repositories[0]));
        Assert.Equal(("a", 0.1, CostProfile.Fast), (arm.Name, arm.Share, arm.Then.Profile));
        var budget = Assert.Single(options.Budgets);
        Assert.Equal(("b", BudgetScope.Provider, "codex", BudgetWindow.Month, 5.5m, 7L), (budget.Name, budget.Scope, budget.Owner, budget.Window, budget.MaxUsd, budget.MaxTokens));
    }

    [Fact]
    public void The_parts_settings_can_stand_in_a_configuration()
    {
        var options = Read(Everything);

        var breaker = options.Breaker;
        Assert.Equal((4, 0.4, 5, TimeSpan.FromHours(1), TimeSpan.FromSeconds(1)), (breaker.FailureThreshold, breaker.FailureRatio, breaker.MinimumAttempts, breaker.Window, breaker.BreakDuration));
        Assert.Equal([2, 3, 4, 5, 6], new[] { breaker.MaxBreakDuration, breaker.FatalBreakDuration, breaker.QuotaDelay, breaker.RateLimitDelay, breaker.ProbeTimeout }.Select(time => (int)time.TotalMinutes));
        Assert.Equal((false, 0.4m, TimeSpan.FromHours(2), 9), (options.Sticky.Enabled, options.Sticky.StayBonusUsd, options.Sticky.IdleTimeout, options.Sticky.MaxSessions));
        var learning = options.Learning;
        Assert.Equal((true, 0.9, 3d, 0.1, 0.02, 7), (learning.Frozen, learning.Discount, learning.PriorMass, learning.ExplorationShare, learning.FloorShare, learning.MaxExplorationPriority));
        var attempts = options.Attempts;
        Assert.Equal((2, 0, TimeSpan.FromMilliseconds(500), TimeSpan.FromMinutes(1)), (attempts.MaxAttempts, attempts.RetriesOfSameProvider, attempts.RetryDelay, attempts.MaxWait));
        Assert.Equal((0.3, 4, TimeSpan.FromSeconds(3), 0.06), (attempts.RetryShare, attempts.FreeRetries, attempts.HedgeDelay, attempts.HedgeShare));
        Assert.Equal((TimeSpan.FromDays(1), 2), (options.ActiveHealth.Interval, options.ActiveHealth.FailureThreshold));
    }

    [Fact]
    public void Code_and_configuration_meet_setting_by_setting_and_lists_are_replaced()
    {
        var options = new ProviderRoutingOptions
        {
            Rules = [new() { Name = "old" }, new() { Name = "older" }],
            MaxFallbacks = 7,
            Providers = { ["codex"] = new() { MaxConcurrent = 4, PricePerTaskUsd = 1 } },
        };

        Configuration.RoutingSection.Apply(Json("""{ "rules": [{ "name": "new" }], "providers": { "Codex": { "pricePerTaskUsd": 2 } }, "experiments": [] }"""), options);

        Assert.Equal("new", Assert.Single(options.Rules).Name);
        var codex = Assert.Single(options.Providers).Value;
        Assert.Equal((4, 2m, 7), (codex.MaxConcurrent, codex.PricePerTaskUsd, options.MaxFallbacks));
    }

    [Fact]
    public void Everything_that_cannot_be_read_is_told_at_once_with_what_is_out_of_range()
    {
        var services = new ServiceCollection();
        services.AddProviderRouting(Json("""
            {
              "maxFalbacks": 3,
              "maxFallbacks": "many",
              "retryCostUsd": ["1"],
              "sticky": "yes",
              "rules": "all",
              "healthCheckTimeout": "10",
              "useCatalogue": "maybe",
              "budgets": [{ "name": "b", "scope": "everybody", "window": "unknown", "maxTokens": 1 }],
              "providers": { "codex": { "taskTypes": ["refactr", "unknown"], "weigth": 1, "models": ["m"] }, "codecs": {} },
              "typicalInputTokens": -1
            }
            """));
        services.AddProviderRouting().AddProvider(Provider("codex"));
        using var provider = services.BuildServiceProvider();

        var error = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());

        Assert.Equal(
            [
                "providers:codex:taskTypes:0 is 'refactr'; it must be one of generate, fix, refactor, optimize.",
                "providers:codex:taskTypes:1 is 'unknown'; it must be one of generate, fix, refactor, optimize.",
                "providers:codex:models:0 is 'm'; it must be a section with settings.",
                "providers:codex:weigth is not a setting; known here: capabilities, dataResidency, draining, enabled, fallbacks, maxConcurrent, models, pricePerTaskUsd, requestsPerDay, requestsPerMinute, sources, successRate, tags, taskTypes, tier, tokensPerMinute, typicalDuration, weight.",
                "useCatalogue is 'maybe'; it must be true or false.",
                "retryCostUsd is a list or a section; it must be one value.",
                "maxFallbacks is 'many'; it must be a whole number.",
                "healthCheckTimeout is '10'; it must be a time: 500ms, 30s, 5m, 2h, 1d or hh:mm:ss.",
                "rules is 'all'; it must be a list, for example [\"a\", \"b\"].",
                "budgets:0:scope is 'everybody'; it must be one of all, provider, tenant, task.",
                "budgets:0:window is 'unknown'; it must be one of total, hour, day, month.",
                "sticky is 'yes'; it must be a section with settings.",
                "maxFalbacks is not a setting; known here: activeHealth, attempts, breaker, budgets, experiments, healthCheckTimeout, healthCheckValidity, learning, maxFallbacks, policy, preferredModelBonusUsd, preferredTagBonusUsd, providers, recordDecisions, requireAgents, retryCostUsd, rules, seed, sticky, tenantLabel, typicalInputTokens, typicalOutputTokens, useCatalogue, valueOfTimeUsdPerHour.",
                "TypicalInputTokens is -1; it must be at least 0.",
                "Providers[codecs]: there is no such provider. Known providers: codex.",
            ],
            error.Failures);
    }

    [Fact]
    public void A_configuration_that_reloads_gives_the_router_new_settings()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection().Build();
        using var provider = Host(root, new RecordingLoggerProvider());
        var router = provider.GetRequiredService<IProviderRouter>();
        Assert.Equal("codex", router.Route(NewTask()).Provider);

        root["routing:providers:codex:enabled"] = "false";
        root.Reload();

        Assert.Equal("claude", router.Route(NewTask()).Provider);
        Assert.Equal(2, provider.GetRequiredService<IProviderRegistry>().Version);
    }

    [Fact]
    public void A_wrong_reload_is_logged_error_by_error_and_the_old_settings_stay_for_everybody()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection([new("routing:maxFallbacks", "5")]).Build();
        var logs = new RecordingLoggerProvider();
        using var provider = Host(root, logs);
        provider.GetRequiredService<IStartupValidator>().Validate();
        var router = provider.GetRequiredService<IProviderRouter>();
        var monitor = provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>();

        (root["routing:maxFallbacks"], root["routing:policy"], root["routing:providers:codex:enabled"]) = ("many", "bst", "false");
        root.Reload();

        Assert.Equal("codex", router.Route(NewTask()).Provider);
        Assert.Equal((1L, 5), (provider.GetRequiredService<IProviderRegistry>().Version, monitor.CurrentValue.MaxFallbacks));
        Assert.Equal(
            [
                (1009, "The changed routing settings are wrong; the old ones stay."),
                (1021, "Wrong in the changed routing settings: routing:maxFallbacks is 'many'; it must be a whole number."),
                (1021, "Wrong in the changed routing settings: Policy is 'bst'; there is no such selection policy. Known policies: best, weighted, power-of-two-choices, tiers, thompson."),
            ],
            logs.Entries.Where(entry => entry.EventId.Id is 1009 or 1021).Select(entry => (entry.EventId.Id, entry.Message)));

        (root["routing:maxFallbacks"], root["routing:policy"]) = ("6", "best");
        root.Reload();

        Assert.Equal("claude", router.Route(NewTask()).Provider);
        Assert.Equal(6, monitor.CurrentValue.MaxFallbacks);
    }

    [Fact]
    public void Code_that_breaks_while_settings_are_read_anew_leaves_the_old_ones()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection().Build();
        var logs = new RecordingLoggerProvider();
        var isBroken = false;
        using var provider = Host(root, logs, options => options.MaxFallbacks = isBroken ? throw new InvalidOperationException("broke") : 5);
        var router = provider.GetRequiredService<IProviderRouter>();

        isBroken = true;
        root.Reload();

        Assert.Equal("codex", router.Route(NewTask()).Provider);
        Assert.Equal("broke", Assert.Single(logs.Entries, entry => entry.EventId.Id == 1009).Exception!.Message);
    }

    [Fact]
    public async Task A_file_that_changes_gives_the_router_new_settings()
    {
        using var directory = new TemporaryDirectory();
        var file = directory.Write("settings.json", """{ "routing": { } }""");
        var root = new ConfigurationBuilder().AddJsonFile(file, optional: false, reloadOnChange: true).Build();
        using var closing = (IDisposable)root;
        using var provider = Host(root, new RecordingLoggerProvider());
        var router = provider.GetRequiredService<IProviderRouter>();
        var changed = new TaskCompletionSource();
        using var watch = provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>().OnChange((options, _) =>
        {
            if (options.Providers.Count > 0)
            {
                changed.TrySetResult();
            }
        });

        await File.WriteAllTextAsync(file, """{ "routing": { "providers": { "codex": { "enabled": false } } } }""", TestContext.Current.CancellationToken);
        await changed.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        Assert.Equal("claude", router.Route(NewTask()).Provider);
    }

    [Fact]
    public void Settings_that_changed_between_the_registry_and_the_router_are_not_lost()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection().Build();
        using var provider = Host(root, new RecordingLoggerProvider());
        _ = provider.GetRequiredService<ProviderRegistry>();

        root["routing:providers:codex:enabled"] = "false";
        root.Reload();

        Assert.Equal("claude", provider.GetRequiredService<IProviderRouter>().Route(NewTask()).Provider);
    }

    private static ServiceProvider Host(IConfiguration root, RecordingLoggerProvider logs, Action<ProviderRoutingOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(logs));
        services.AddProviderRouting(root.GetSection("routing"))
            .AddProvider(Provider("codex", 1))
            .AddProvider(Provider("claude", 2))
            .ConfigureRouting(options => options.Learning.Frozen = true)
            .ConfigureRouting(configure ?? (_ => { }));
        return services.BuildServiceProvider();
    }

    private static ProviderRoutingOptions Read(string json)
    {
        var options = new ProviderRoutingOptions();
        Configuration.RoutingSection.Apply(Json(json), options);
        return options;
    }

    private static IConfigurationRoot Json(string json) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
}
