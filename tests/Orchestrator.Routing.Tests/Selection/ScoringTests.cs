using Orchestrator.Providers;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class ScoringTests
{
    [Theory]
    [InlineData(CostProfile.Economy, "cheap")]
    [InlineData(CostProfile.Quality, "good")]
    [InlineData(CostProfile.Fast, "quick")]
    public void The_cost_profile_decides_what_counts(CostProfile profile, string expected)
    {
        var rig = new RouterRig([Provider("cheap", 0.01m), Provider("good", 0.60m), Provider("quick", 0.60m)], options =>
        {
            options.Providers["cheap"] = new() { SuccessRate = 0.5, TypicalDuration = TimeSpan.FromMinutes(20) };
            options.Providers["good"] = new() { SuccessRate = 0.95, TypicalDuration = TimeSpan.FromMinutes(20) };
            options.Providers["quick"] = new() { SuccessRate = 0.5, TypicalDuration = TimeSpan.FromMinutes(1) };
        });

        var decision = rig.Router.Route(NewTask() with { CostProfile = profile });

        Assert.Equal(expected, decision.Provider);
        Assert.Equal(RoutingReason.BestScore, decision.Reason);
        Assert.Equal(2, decision.Fallbacks.Count);
    }

    [Fact]
    public void The_balanced_score_is_price_and_risk_and_time_in_dollars()
    {
        var rig = new RouterRig([Provider("codex", 0.10m)], options =>
        {
            options.RetryCostUsd = 2;
            options.ValueOfTimeUsdPerHour = 6;
            options.Providers["codex"] = new() { SuccessRate = 0.75, TypicalDuration = TimeSpan.FromMinutes(10) };
        });

        var candidate = rig.Candidate("codex");

        Assert.Equal(0.10 + (0.25 * 2) + 1.0, candidate.Score!.Value, 9);
        Assert.Equal(candidate.Score.Value, rig.Router.Route(NewTask()).Score, 12);
        var parts = candidate.Parts!.Value;
        Assert.Equal((0.10, 0.5, 0.0, 0.0, 0.75), (parts.Price, parts.Risk, parts.Bonus, parts.Stay, parts.SuccessRate));
        Assert.Equal(1.0, parts.Time, 9);
    }

    [Fact]
    public void A_high_priority_makes_time_dearer()
    {
        var rig = new RouterRig([Provider("cheap"), Provider("quick", 0.30m)], options =>
        {
            options.Providers["cheap"] = new() { TypicalDuration = TimeSpan.FromMinutes(10) };
            options.Providers["quick"] = new() { TypicalDuration = TimeSpan.FromMinutes(5) };
        });

        Assert.Equal("cheap", rig.Router.Route(NewTask()).Provider);
        Assert.Equal("quick", rig.Router.Route(NewTask() with { Priority = 100 }).Provider);
    }

    [Fact]
    public void Equal_scores_are_decided_by_ordinal_name_whatever_the_order_of_registration()
    {
        var rig = new RouterRig([Provider("c"), Provider("a"), Provider("b")]);

        var decision = rig.Router.Route(NewTask());

        Assert.Equal("a", decision.Provider);
        Assert.Equal(["b", "c"], decision.Fallbacks);
    }

    [Fact]
    public void The_preferred_model_draws_the_task_to_the_provider_that_has_it_but_not_at_any_price()
    {
        var models = new ValueList<ModelDescriptor>[] { [new() { Name = "other" }, new() { Name = "GPT-X" }] };
        var rig = new RouterRig([Provider("cheap"), Provider("with-model", 0.20m) with { Models = models[0] }]);
        var dear = new RouterRig([Provider("cheap"), Provider("with-model", 0.30m) with { Models = models[0] }]);
        var task = NewTask() with { PreferredModel = "gpt-x" };

        var decision = rig.Router.Route(task);

        Assert.Equal(("with-model", "GPT-X"), (decision.Provider, decision.Model));
        Assert.Equal("cheap", rig.Router.Route(NewTask()).Provider);
        Assert.Equal("cheap", dear.Router.Route(task).Provider);
    }

    [Fact]
    public void A_model_named_together_with_its_provider_is_passed_on_also_when_it_is_not_listed_but_not_to_a_command()
    {
        var rig = new RouterRig([Provider("codex"), Provider("format") with { Kind = ProviderKind.Command }]);
        var task = NewTask() with { PreferredModel = "brand-new" };

        Assert.Equal("brand-new", rig.Router.Route(task with { Provider = "codex" }).Model);
        Assert.Null(rig.Router.Route(task with { Provider = "format" }).Model);
        Assert.Null(rig.Router.Route(task).Model);
    }

    [Fact]
    public void Verified_work_moves_the_score_of_its_type_of_task_only()
    {
        var rig = new RouterRig([Provider("a"), Provider("b")]);

        for (var i = 0; i < 5; i++)
        {
            rig.Verified("a", FailureClass.VerificationFailed);
        }

        Assert.Equal("b", rig.Router.Route(NewTask()).Provider);
        Assert.Equal("a", rig.Router.Route(NewTask(AgentTaskType.Refactor)).Provider);
        Assert.Equal(0.7, SuccessRate(rig, "b"), 6);
        Assert.InRange(SuccessRate(rig, "a"), 0.46, 0.48);
    }

    [Fact]
    public void What_was_learned_fades_as_newer_work_comes()
    {
        var rig = new RouterRig([Provider("a")]);
        for (var i = 0; i < 500; i++)
        {
            rig.Verified("a", FailureClass.VerificationFailed);
        }

        for (var i = 0; i < 200; i++)
        {
            rig.Verified("a", failure: null);
        }

        Assert.InRange(SuccessRate(rig, "a"), 0.55, 1);
    }

    [Theory]
    [InlineData(FailureClass.Cancelled)]
    [InlineData(FailureClass.Configuration)]
    [InlineData(FailureClass.RateLimited)]
    public void A_verification_that_never_judged_the_work_teaches_nothing(FailureClass failure)
    {
        var rig = new RouterRig([Provider("a")]);

        rig.Verified("a", failure);

        Assert.Equal(0.7, SuccessRate(rig, "a"), 6);
    }

    [Fact]
    public void Concurrent_verdicts_are_all_counted()
    {
        var rig = new RouterRig([Provider("a"), Provider("b")]);

        Parallel.For(0, 4_000, i => rig.Verified("a", i % 2 == 0 ? null : FailureClass.VerificationFailed));

        Assert.InRange(SuccessRate(rig, "a"), 0.3, 0.8);
        Assert.NotEqual(0.7, SuccessRate(rig, "a"), 6);
    }

    [Fact]
    public void No_more_fallbacks_are_named_than_the_options_allow_and_they_are_the_best_ones()
    {
        var rig = new RouterRig(
            Enumerable.Range(0, 30).Select(i => Provider($"p{i:00}", price: (i * 7 % 30) * 0.01m)), options => options.MaxFallbacks = 3);

        var decision = rig.Router.Route(NewTask());

        Assert.Equal(rig.Registry.Providers.OrderBy(provider => provider.Descriptor.PricePerTaskUsd).Take(4).Select(provider => provider.Name),
            decision.Fallbacks.Prepend(decision.Provider));
    }

    [Fact]
    public void Each_preferred_tag_is_a_bonus_also_when_there_are_more_tags_than_bits()
    {
        var many = Enumerable.Range(0, 80).Select(i => $"tag-{i:00}").ToArray();
        var rig = new RouterRig([Provider("a"), Provider("b") with { Tags = ["fast", "eu"] }, Provider("c") with { Tags = [.. many] }]);
        var task = NewTask() with { PreferredTags = ["FAST", "eu", "tag-79", "nothing"] };

        Assert.Equal([0, 0.2, 0.1], new[] { "a", "b", "c" }.Select(name => Math.Round(rig.Candidate(name, task).Parts!.Value.Bonus, 9)));
        Assert.Equal("b", rig.Router.Route(task).Provider);
    }

    [Fact]
    public void What_attempts_really_cost_and_took_counts_more_than_the_configuration()
    {
        var rig = new RouterRig([Provider("a", 0.10m), Provider("b", 0.15m)]);

        for (var i = 0; i < 50; i++)
        {
            rig.Router.Report(new ExecutionOutcome(
                Guid.Empty, "a", AgentTaskType.Fix, OutcomeStage.Ended, Duration: TimeSpan.FromMinutes(9), CostUsd: 1m, Complexity: TaskComplexity.Simple));
        }

        var candidate = rig.Candidate("a");
        Assert.InRange(candidate.Parts!.Value.Price, 0.9, 1.1);
        Assert.InRange(candidate.Parts.Value.Time, 0.2, 0.35);
        Assert.Equal("b", rig.Router.Route(NewTask()).Provider);
        Assert.Equal(RejectionReason.PriceCeiling, rig.Candidate("a", NewTask() with { MaxCostUsd = 0.5m }).Rejection);
    }

    [Fact]
    public void A_complexity_that_nobody_gave_is_taken_from_the_length_of_the_instructions()
    {
        var rig = new RouterRig([Provider("a")]);

        TaskComplexity Of(int length, TaskComplexity given = TaskComplexity.Unknown) =>
            rig.Router.Route(NewTask() with { Instructions = new string('x', length), Complexity = given }).Complexity;

        Assert.Equal(
            [TaskComplexity.Simple, TaskComplexity.Moderate, TaskComplexity.Moderate, TaskComplexity.Complex, TaskComplexity.Simple],
            [Of(399), Of(400), Of(3_999), Of(4_000), Of(9_000, TaskComplexity.Simple)]);
    }

    [Fact]
    public void A_configured_chain_of_fallbacks_goes_before_the_others_and_only_with_eligible_ones()
    {
        var rig = new RouterRig([Provider("a"), Provider("b", 0.1m), Provider("c", 0.2m), Provider("d", 0.3m), Provider("e") with { Sources = [SourceKind.GitHub] }],
            options => options.Providers["a"] = new() { Fallbacks = ["D", "e", "c"] });

        Assert.Equal(["d", "c", "b"], rig.Router.Route(NewTask()).Fallbacks);
        Assert.Equal(["c", "d"], rig.Router.Route(NewTask(), new RoutingConstraints { Excluded = ["a"] }).Fallbacks);
    }

    [Fact]
    public void A_decision_says_what_its_attempt_is_expected_to_take()
    {
        var rig = new RouterRig([Provider("a", 0.1m) with { Models = [new() { Name = "m", Prices = new() { InputUsd = 1, OutputUsd = 10 } }] }]);

        var decision = rig.Router.Route(NewTask(), new RoutingConstraints { EstimatedTokens = 100_000 });

        Assert.Equal(0.1 + 0.1 + 0.04, decision.ExpectedPriceUsd, 9);
        Assert.Equal(104_000, decision.ExpectedTokens);
    }

    private static double SuccessRate(RouterRig rig, string provider) => rig.Candidate(provider).Parts!.Value.SuccessRate;
}
