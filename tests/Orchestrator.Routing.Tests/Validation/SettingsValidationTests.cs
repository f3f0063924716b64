using Orchestrator.Tasks;

namespace Orchestrator.Routing.Tests.Validation;

public sealed class SettingsValidationTests
{
    private const string KnownProviders = "Known providers: claude, codex, free, jules, prettier.";

    [Fact]
    public void Every_setting_at_its_default_is_right() => Assert.Empty(Wrong.ErrorsOf(_ => { }));

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void A_number_or_time_out_of_range_is_named_with_its_range(Action<ProviderRoutingOptions> set, string error) => Assert.Equal(error, Wrong.ErrorOf(set));

    public static TheoryData<Action<ProviderRoutingOptions>, string> OutOfRange => new()
    {
        { options => options.PreferredTagBonusUsd = -1, "PreferredTagBonusUsd is -1; it must be at least 0." },
        { options => options.TenantLabel = " ", "TenantLabel must be 1 to 100 characters without control characters." },
        { options => options.Breaker.FailureRatio = 0, "Breaker.FailureRatio is 0; it must be above 0 and at most 1." },
        { options => options.Breaker.FailureRatio = double.NaN, "Breaker.FailureRatio is NaN; it must be above 0 and at most 1." },
        { options => options.Breaker.MinimumAttempts = 10_001, "Breaker.MinimumAttempts is 10001; it must be from 1 to 10000." },
        { options => options.Breaker.Window = TimeSpan.FromDays(2), "Breaker.Window is 2.00:00:00; it must be from 00:00:01 to 1.00:00:00." },
        { options => options.Sticky.StayBonusUsd = -0.1m, "Sticky.StayBonusUsd is -0.1; it must be at least 0." },
        { options => options.Sticky.IdleTimeout = TimeSpan.Zero, "Sticky.IdleTimeout is 00:00:00; it must be from 00:00:01 to 30.00:00:00." },
        { options => options.Sticky.MaxSessions = 0, "Sticky.MaxSessions is 0; it must be from 1 to 1000000." },
        { options => options.Learning.Discount = 0.4, "Learning.Discount is 0.4; it must be from 0.5 to 1." },
        { options => options.Learning.PriorMass = 0, "Learning.PriorMass is 0; it must be from 0.1 to 1000." },
        { options => options.Learning.ExplorationShare = 1.1, "Learning.ExplorationShare is 1.1; it must be from 0 to 1." },
        { options => options.Learning.FloorShare = 0.6, "Learning.FloorShare is 0.6; it must be from 0 to 0.5." },
        { options => options.Learning.MaxExplorationPriority = 101, "Learning.MaxExplorationPriority is 101; it must be from -100 to 100." },
        { options => options.Attempts.MaxAttempts = 0, "Attempts.MaxAttempts is 0; it must be from 1 to 64." },
        { options => options.Attempts.RetriesOfSameProvider = 11, "Attempts.RetriesOfSameProvider is 11; it must be from 0 to 10." },
        { options => options.Attempts.RetryDelay = TimeSpan.FromHours(2), "Attempts.RetryDelay is 02:00:00; it must be from 00:00:00 to 01:00:00." },
        { options => options.Attempts.MaxWait = TimeSpan.FromSeconds(-1), "Attempts.MaxWait is -00:00:01; it must be from 00:00:00 to 01:00:00." },
        { options => options.Attempts.RetryShare = -0.1, "Attempts.RetryShare is -0.1; it must be from 0 to 1." },
        { options => options.Attempts.FreeRetries = -1, "Attempts.FreeRetries is -1; it must be from 0 to 10000." },
        { options => options.Attempts.HedgeDelay = TimeSpan.Zero, "Attempts.HedgeDelay is 00:00:00; it must be from 00:00:00.0010000 to 1.00:00:00." },
        { options => options.Attempts.HedgeShare = 2, "Attempts.HedgeShare is 2; it must be from 0 to 1." },
        { options => options.ActiveHealth.Interval = TimeSpan.Zero, "ActiveHealth.Interval is 00:00:00; it must be from 00:00:01 to 1.00:00:00." },
        { options => options.ActiveHealth.FailureThreshold = 0, "ActiveHealth.FailureThreshold is 0; it must be from 1 to 100." },
        { options => options.Breaker = null!, "Breaker must not be null." },
        { options => options.Sticky = null!, "Sticky must not be null." },
        { options => options.Learning = null!, "Learning must not be null." },
        { options => options.Attempts = null!, "Attempts must not be null." },
        { options => options.ActiveHealth = null!, "ActiveHealth must not be null." },
        { options => options.Providers = null!, "Providers must not be null." },
        { options => options.Rules = null!, "Rules must not be null." },
        { options => options.Experiments = null!, "Experiments must not be null." },
        { options => options.Budgets = null!, "Budgets must not be null." },
    };

    [Fact]
    public void Everything_wrong_with_one_provider_is_told_at_once()
    {
        var errors = Wrong.ErrorsOf(options => options.Providers["codex"] = new()
        {
            RequestsPerMinute = 0,
            TokensPerMinute = 0,
            RequestsPerDay = 0,
            Weight = double.NaN,
            Tier = 1001,
            TaskTypes = [],
            Sources = [SourceKind.Unknown],
            Capabilities = [""],
            DataResidency = [" "],
            Tags = [null!],
            Models = [new() { Name = "", ContextWindow = 0, InputUsd = -1, CachedInputUsd = -1, CacheWriteUsd = -1, OutputUsd = -1 }, new() { Name = "m" }, new() { Name = "M" }],
            Fallbacks = ["codecs", "claude", "CLAUDE"],
        });

        Assert.Equal(
            [
                "Providers[codex].RequestsPerMinute is 0; it must be at least 1.",
                "Providers[codex].TokensPerMinute is 0; it must be at least 1.",
                "Providers[codex].RequestsPerDay is 0; it must be at least 1.",
                "Providers[codex].Weight is NaN; it must be from 0 to 1000000.",
                "Providers[codex].Tier is 1001; it must be from 0 to 1000.",
                "Providers[codex].TaskTypes is an empty list, so that nothing would match; leave it out for what the provider says itself.",
                "Providers[codex].Sources holds Unknown; known: Local, GitHub, NewBuild.",
                "Providers[codex].Capabilities holds an empty text.",
                "Providers[codex].DataResidency holds an empty text.",
                "Providers[codex].Tags holds an empty text.",
                "Providers[codex].Models[0].Name must be the model's name as the provider takes it, 1 to 200 characters.",
                "Providers[codex].Models[0].ContextWindow is 0; it must be at least 1.",
                "Providers[codex].Models[0].InputUsd is -1; it must be at least 0.",
                "Providers[codex].Models[0].CachedInputUsd is -1; it must be at least 0.",
                "Providers[codex].Models[0].CacheWriteUsd is -1; it must be at least 0.",
                "Providers[codex].Models[0].OutputUsd is -1; it must be at least 0.",
                "2 models of Providers[codex].Models are named 'm': names must differ, also in more than their case.",
                $"Providers[codex].Fallbacks[0] is 'codecs'; there is no such provider. {KnownProviders}",
                "Providers[codex].Fallbacks names 'claude' 2 times; once is enough.",
            ],
            errors);
    }

    [Fact]
    public void Settings_that_are_null_or_there_twice_are_wrong()
    {
        var errors = Wrong.ErrorsOf(options => options.Providers = new Dictionary<string, ProviderSettings>(StringComparer.Ordinal)
        {
            ["codex"] = new(),
            ["CODEX"] = new(),
            ["claude"] = null!,
            ["free"] = new() { Tags = null!, Fallbacks = null! },
        });

        Assert.Equal(
            ["Providers[CODEX] occurs twice, with different case.", "Providers[claude] must not be null.", "Providers[free].Tags must not be null.", "Providers[free].Fallbacks must not be null."],
            errors);
    }

    [Fact]
    public void A_wrong_provider_keeps_its_new_tags_so_that_rules_about_them_are_not_called_wrong_too() => Assert.Equal(
        "Providers[codex].Tier is -1; it must be from 0 to 1000.",
        Wrong.ErrorOf(options =>
        {
            options.Providers["codex"] = new() { Tier = -1, Tags = ["new"] };
            options.Rules = [new() { Name = "r", Then = new() { Group = "new" } }];
        }));

    [Fact]
    public void Every_circle_of_fallbacks_is_named_once()
    {
        var errors = Wrong.ErrorsOf(options =>
        {
            options.Providers["codex"] = new() { Fallbacks = ["jules", "CLAUDE"] };
            options.Providers["claude"] = new() { Fallbacks = ["jules", "codex"] };
            options.Providers["free"] = new() { Fallbacks = ["Free"] };
            options.Providers["prettier"] = new() { Fallbacks = ["codex", "claude", "jules"] };
        });

        Assert.Equal(
            [
                "The fallbacks go round in a circle: claude -> codex -> claude. Take one of them out of Fallbacks.",
                "The fallbacks go round in a circle: free -> free. Take one of them out of Fallbacks.",
            ],
            errors);
    }

    [Fact]
    public void Chains_of_fallbacks_that_meet_again_are_no_circle() => Assert.Empty(Wrong.ErrorsOf(options =>
    {
        options.Providers["codex"] = new() { Fallbacks = ["claude", "free"] };
        options.Providers["claude"] = new() { Fallbacks = ["jules"] };
        options.Providers["free"] = new() { Fallbacks = ["jules"] };
    }));

    [Fact]
    public void Weights_of_nothing_leave_the_weighted_policy_nothing_to_choose_by()
    {
        Action<ProviderRoutingOptions> nothing = options =>
        {
            foreach (var name in new[] { "codex", "claude", "jules", "free", "prettier" })
            {
                options.Providers[name] = new() { Weight = 0 };
            }
        };
        Assert.Empty(Wrong.ErrorsOf(nothing));

        Assert.Equal(
            "Policy is 'Weighted', but every provider it chooses among has the weight 0: give one a Weight above 0.",
            Wrong.ErrorOf(options =>
            {
                nothing(options);
                options.Policy = "Weighted";
            }));
        Assert.Equal(
            "Rules[0] 'r'.Then.Policy is 'weighted', but every provider it chooses among has the weight 0: give one a Weight above 0.",
            Wrong.ErrorOf(options =>
            {
                options.Providers["jules"] = new() { Weight = 0 };
                options.Rules = [new() { Name = "r", Then = new() { Group = "remote", Policy = "weighted" } }];
            }));
    }

    [Fact]
    public void Policies_of_the_host_are_known_by_name_and_their_names_differ()
    {
        Assert.Empty(Wrong.ErrorsOf(options => options.Policy = "MINE", new StubPolicy("mine")));
        Assert.Equal(
            "Policy is 'other'; there is no such selection policy. Known policies: best, weighted, power-of-two-choices, tiers, thompson, mine.",
            Wrong.ErrorOf(options => options.Policy = "other", new StubPolicy("mine")));
        Assert.Equal(
            $"The selection policy {typeof(StubPolicy)} is named 'BEST', as a built-in one is: give it another name than best, weighted, power-of-two-choices, tiers, thompson.",
            Wrong.ErrorOf(_ => { }, new StubPolicy("BEST")));
        Assert.Equal(
            "2 selection policies are named 'mine': names must differ, also in more than their case.",
            Wrong.ErrorOf(_ => { }, new StubPolicy("mine"), new StubPolicy("Mine")));
        Assert.Equal($"The selection policy {typeof(StubPolicy)} has no name.", Wrong.ErrorOf(_ => { }, new StubPolicy("")));
    }

    [Fact]
    public void Wrong_budgets_are_told_all_at_once()
    {
        var errors = Wrong.ErrorsOf(options => options.Budgets =
        [
            new() { Name = "" },
            new() { Name = "a", MaxTokens = 0 },
            new() { Name = "A", MaxTokens = 1, Scope = (BudgetScope)9, Window = (BudgetWindow)9 },
            new() { Name = "b", MaxTokens = 1, Owner = "me" },
            new() { Name = "c", MaxTokens = 1, Scope = BudgetScope.Provider, Owner = "codecs" },
            new() { Name = "d", MaxTokens = 1, Scope = BudgetScope.Tenant, Owner = "anybody" },
            null!,
        ]);

        Assert.Equal(
            [
                "Budgets[0].Name must be 1 to 100 characters without control characters.",
                "Budgets[0] '' caps nothing: set MaxUsd or MaxTokens.",
                "Budgets[1] 'a'.MaxTokens is 0; it must be from 1 to 1000000000000000.",
                "Budgets[2] 'A'.Scope is 9; known: All, Provider, Tenant, Task.",
                "Budgets[2] 'A'.Window is 9; known: Total, Hour, Day, Month.",
                "Budgets[3] 'b'.Owner is 'me', but everybody shares this budget: leave it out, or set Scope.",
                $"Budgets[4] 'c'.Owner is 'codecs'; there is no such provider. {KnownProviders}",
                "Budgets[6] must not be null.",
                "2 budgets are named 'a': names must differ, also in more than their case.",
            ],
            errors);
    }

    [Fact]
    public void A_cap_on_money_needs_a_price_of_everybody_it_covers()
    {
        const string Error = "Budgets[0] 'day' caps money, but no price of free is known: set Providers[free].PricePerTaskUsd (0 when a task costs nothing) or the prices of all its Models.";

        Assert.Equal(Error, Wrong.ErrorOf(options => options.Budgets = [new() { Name = "day", MaxUsd = 5 }]));
        Assert.Equal(Error, Wrong.ErrorOf(options => options.Budgets = [new() { Name = "day", MaxUsd = 5, Scope = BudgetScope.Provider }]));
        Assert.Empty(Wrong.ErrorsOf(options => options.Budgets = [new() { Name = "day", MaxTokens = 5 }, new() { Name = "codex", MaxUsd = 5, Scope = BudgetScope.Provider, Owner = "Codex" }]));
        Assert.Empty(Wrong.ErrorsOf(options =>
        {
            options.Providers["free"] = new() { PricePerTaskUsd = 0 };
            options.Budgets = [new() { Name = "day", MaxUsd = 5 }];
        }));
        Assert.Empty(Wrong.ErrorsOf(options =>
        {
            options.Providers["free"] = new() { Enabled = false };
            options.Budgets = [new() { Name = "day", MaxUsd = 5 }];
        }));
    }

    [Fact]
    public void There_are_at_most_32_budgets()
    {
        Assert.Empty(Wrong.ErrorsOf(options => options.Budgets = Budgets(32)));
        Assert.Equal("There are 33 Budgets; there may be at most 32: one without Owner holds for each owner apart.", Wrong.ErrorOf(options => options.Budgets = Budgets(33)));
    }

    private static List<RoutingBudget> Budgets(int count) => [.. Enumerable.Range(0, count).Select(number => new RoutingBudget { Name = $"b{number}", MaxTokens = 1 })];

    private sealed class StubPolicy(string name) : ISelectionPolicy
    {
        public string Name => name;

        public SelectionChoice Select(ReadOnlySpan<SelectionCandidate> eligible, ulong seed) => 0;
    }
}
