using Microsoft.Extensions.Options;
using Orchestrator.Providers;
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
    public void Wrong_new_settings_leave_the_old_ones_in_place()
    {
        var rig = new RouterRig([Provider("codex")]);

        Assert.Throws<OptionsValidationException>(() => rig.Registry.Update(new ProviderRoutingOptions { MaxFallbacks = -1 }));

        Assert.Equal(1, rig.Registry.Version);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_slot_is_freed_once_however_often_it_is_disposed()
    {
        var rig = new RouterRig([Provider("codex") with { Limits = new ProviderLimits { Concurrent = 2 } }]);
        var (first, second) = (rig.Registry.TryBegin("codex"), rig.Registry.TryBegin("CODEX"));
        Assert.Null(rig.Registry.TryBegin("codex"));

        first!.Dispose();
        first.Dispose();

        Assert.Equal(1, rig.Registry.GetInFlight("codex"));
        Assert.Equal("codex", second!.Provider);
    }

    [Fact]
    public void Many_callers_at_once_never_get_more_slots_than_there_are()
    {
        var rig = new RouterRig([Provider("codex") with { Limits = new ProviderLimits { Concurrent = 7 } }]);

        var taken = 0;
        Parallel.For(0, 500, _ => Interlocked.Add(ref taken, rig.Registry.TryBegin("codex") is null ? 0 : 1));

        Assert.Equal(7, taken);
        Assert.Equal(7, rig.Registry.GetInFlight("codex"));
    }

    [Fact]
    public void A_slot_of_an_unknown_provider_is_the_callers_mistake_and_the_message_lists_the_known_ones()
    {
        var rig = new RouterRig([Provider("codex")]);

        var error = Assert.Throws<ArgumentException>(() => rig.Registry.TryBegin("codecs"));

        Assert.StartsWith("There is no provider 'codecs'. Known providers: codex.", error.Message, StringComparison.Ordinal);
    }
}
