using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests;

public sealed class ProviderRegistryTests
{
    [Fact]
    public void Providers_are_found_in_any_case_with_the_hosts_overrides()
    {
        var rig = new RouterRig([Provider("codex", 1), Provider("claude", 2)], options => options.Providers["Codex"] = new()
        {
            PricePerTaskUsd = 0.25m,
            MaxConcurrent = 3,
            SuccessRate = 0.9,
            TypicalDuration = TimeSpan.FromMinutes(2),
        });

        var codex = rig.Registry.Find("CODEX")!;

        Assert.Equal(("codex", 0.25m, 3), (codex.Name, codex.Descriptor.PricePerTaskUsd, codex.Descriptor.Limits.Concurrent));
        Assert.Equal((0.9, TimeSpan.FromMinutes(2), true), (codex.SuccessRate, codex.TypicalDuration, codex.IsEnabled));
        Assert.Equal(2, rig.Registry.Find("claude")!.Descriptor.PricePerTaskUsd);
        Assert.Null(rig.Registry.Find("nobody"));
        Assert.Null(rig.Registry.Find(null));
        Assert.Equal(["claude", "codex"], rig.Registry.Providers.Select(provider => provider.Name));
        Assert.Equal(1, rig.Registry.Version);
    }

    [Fact]
    public void Every_error_in_the_settings_is_reported_at_once_and_names_the_setting()
    {
        var error = Assert.Throws<OptionsValidationException>(() => new RouterRig([Provider("codex"), Provider("CODEX"), Provider("claude")], options =>
        {
            options.RetryCostUsd = -1;
            options.ValueOfTimeUsdPerHour = -1;
            options.PreferredModelBonusUsd = -1;
            options.TypicalInputTokens = -1;
            options.TypicalOutputTokens = -1;
            options.MaxFallbacks = 64;
            options.HealthCheckTimeout = TimeSpan.Zero;
            options.HealthCheckValidity = TimeSpan.FromDays(2);
            options.Breaker.FailureThreshold = 0;
            options.Breaker.BreakDuration = TimeSpan.Zero;
            options.Breaker.MaxBreakDuration = TimeSpan.FromDays(8);
            options.Breaker.FatalBreakDuration = TimeSpan.Zero;
            options.Breaker.QuotaDelay = TimeSpan.Zero;
            options.Breaker.RateLimitDelay = TimeSpan.Zero;
            options.Breaker.ProbeTimeout = TimeSpan.Zero;
            options.Providers["codecs"] = new();
            options.Providers["claude"] = new() { PricePerTaskUsd = -1, MaxConcurrent = 0, SuccessRate = double.NaN, TypicalDuration = TimeSpan.FromDays(-1) };
        }));

        string[] named =
        [
            "2 providers are named 'CODEX'", "RetryCostUsd", "ValueOfTimeUsdPerHour", "PreferredModelBonusUsd", "TypicalInputTokens", "TypicalOutputTokens",
            "MaxFallbacks", "HealthCheckTimeout", "HealthCheckValidity", "Breaker.BreakDuration", "Breaker.MaxBreakDuration", "Breaker.FatalBreakDuration",
            "Breaker.QuotaDelay", "Breaker.RateLimitDelay", "Breaker.ProbeTimeout", "Breaker.FailureThreshold",
            "Providers[codecs]: there is no such provider. Known providers: CODEX, claude, codex.", "Providers[claude].PricePerTaskUsd",
            "Providers[claude].TypicalDuration", "Providers[claude].MaxConcurrent", "Providers[claude].SuccessRate",
        ];
        Assert.Equal(named.Length, error.Failures.Count());
        Assert.All(error.Failures.Zip(named), pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_that_a_host_sets_for_a_provider_is_applied()
    {
        var own = Provider("codex", 1) with { Tags = ["Cheap"], Limits = new ProviderLimits { Concurrent = 9, RequestsPerDay = 7 }, DataResidency = ["us"], Capabilities = ["edit"] };
        var rig = new RouterRig([own, Provider("claude")], options => options.Providers["codex"] = new()
        {
            TaskTypes = [AgentTaskType.Fix, AgentTaskType.Fix],
            Sources = [SourceKind.GitHub],
            Capabilities = ["edit", "shell"],
            Models = [new() { Name = "m", ContextWindow = 1000, InputUsd = 2, OutputUsd = 8 }],
            RequestsPerMinute = 4,
            TokensPerMinute = 5000,
            Tags = ["cheap", "eu"],
            DataResidency = ["eu"],
            Weight = 2.5,
            Tier = 3,
            Draining = true,
            Fallbacks = ["CLAUDE"],
        });

        var codex = rig.Registry.Find("codex")!;
        var descriptor = codex.Descriptor;

        Assert.Equal([AgentTaskType.Fix], descriptor.TaskTypes);
        Assert.Equal([SourceKind.GitHub], descriptor.Sources);
        Assert.Equal(["edit", "shell"], descriptor.Capabilities);
        Assert.Equal(["Cheap", "eu"], descriptor.Tags);
        Assert.Equal(["eu"], descriptor.DataResidency);
        Assert.Equal(new ProviderLimits { Concurrent = 9, RequestsPerMinute = 4, TokensPerMinute = 5000, RequestsPerDay = 7 }, descriptor.Limits);
        Assert.Equal(new TokenPrices { InputUsd = 2, CachedInputUsd = 2, CacheWriteUsd = 2, OutputUsd = 8 }, Assert.Single(descriptor.Models).Prices);
        Assert.Equal((2.5, 3, true, true), (codex.Weight, codex.Tier, codex.IsDraining, codex.HasPrice));
        Assert.Equal(["claude"], codex.Fallbacks);
        Assert.Equal((1d, 0, false, false), (rig.Registry.Find("claude")!.Weight, rig.Registry.Find("claude")!.Tier, rig.Registry.Find("claude")!.IsDraining, rig.Registry.Find("claude")!.HasPrice));
    }

    [Theory]
    [InlineData(ProviderKind.AgentCli, 0, false)]
    [InlineData(ProviderKind.RemoteService, 0, false)]
    [InlineData(ProviderKind.ChatClient, 0, false)]
    [InlineData(ProviderKind.AgentCli, 1, true)]
    [InlineData(ProviderKind.Command, 0, true)]
    public void A_provider_that_charges_has_a_price_only_when_somebody_says_one(ProviderKind kind, int price, bool expected)
    {
        var registry = new ProviderRegistry([new StubProvider(Provider("x", price) with { Kind = kind })]);

        Assert.Equal(expected, registry.Find("x")!.HasPrice);
    }

    [Fact]
    public void A_price_of_nothing_that_the_host_sets_is_a_price()
    {
        var rig = new RouterRig([Provider("codex")], options => options.Providers["codex"] = new() { PricePerTaskUsd = 0 });

        Assert.True(rig.Registry.Find("codex")!.HasPrice);
    }

    [Fact]
    public void A_description_alone_is_routed_to_unless_the_host_needs_agents()
    {
        var registry = new ProviderRegistry([], described: [Provider("own")]);
        var router = new ProviderRouter(registry);
        Assert.Null(registry.Find("own")!.Agent);
        Assert.Equal("own", router.Route(NewTask()).Provider);

        registry.Update(new ProviderRoutingOptions { RequireAgents = true });

        Assert.False(registry.Find("own")!.IsEnabled);
        Assert.Equal("No provider can do the task. own: no agent of this host carries it out.", router.Route(NewTask()).Rejection!.Message);
    }

    [Fact]
    public void Wrong_new_settings_leave_the_old_ones_in_place()
    {
        var rig = new RouterRig([Provider("codex")]);

        Assert.Throws<OptionsValidationException>(() => rig.Registry.Update(new ProviderRoutingOptions { MaxFallbacks = -1 }));

        Assert.Equal(1, rig.Registry.Version);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }
}
