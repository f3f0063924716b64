using Orchestrator.Providers;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Selection;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class FilterTests
{
    [Fact]
    public void A_disabled_provider_is_rejected_as_disabled()
    {
        var rig = new RouterRig([Provider("codex")], options => options.Providers["CODEX"] = new() { Enabled = false });

        AssertRejected(rig, NewTask(), RejectionReason.Disabled, "switched off in the configuration");
    }

    [Fact]
    public void A_provider_that_does_not_take_the_type_of_task_is_rejected_with_the_types_it_takes()
    {
        var rig = new RouterRig([Provider("codex") with { TaskTypes = [AgentTaskType.Refactor, AgentTaskType.Optimize] }]);

        AssertRejected(rig, NewTask(), RejectionReason.TaskType, "the task is fix; takes refactor, optimize");
    }

    [Fact]
    public void A_task_of_a_type_that_this_version_does_not_know_is_refused_even_by_a_provider_that_declares_it()
    {
        var rig = new RouterRig([Provider("codex") with { TaskTypes = [AgentTaskType.Unknown, AgentTaskType.Fix] }]);

        AssertRejected(rig, NewTask(AgentTaskType.Unknown), RejectionReason.TaskType, "the task is unknown; takes unknown, fix");
        AssertRejected(rig, NewTask((AgentTaskType)77), RejectionReason.TaskType, "the task is unknown; takes unknown, fix");
    }

    [Fact]
    public void A_provider_that_cannot_serve_the_kind_of_source_is_rejected_with_the_kinds_it_serves()
    {
        var rig = new RouterRig([Provider("jules") with { Sources = [SourceKind.GitHub] }]);

        AssertRejected(rig, NewTask(), RejectionReason.Source, "the source is local; serves github");
    }

    [Fact]
    public void A_provider_that_lacks_a_capability_is_rejected_with_what_it_has()
    {
        var rig = new RouterRig([Provider("codex") with { Capabilities = ["edit"] }]);

        AssertRejected(rig, NewTask() with { Requires = ["Edit", "shell", "resume"] }, RejectionReason.Capability, "needs shell, resume; has edit");
    }

    [Fact]
    public void Capabilities_beyond_the_sixty_fourth_are_told_apart_all_the_same()
    {
        var names = Enumerable.Range(0, 80).Select(i => $"capability-{i:00}").ToArray();
        var rig = new RouterRig([Provider("all") with { Capabilities = [.. names] }, Provider("but-last") with { Capabilities = [.. names[..79]] }]);

        var decision = rig.Router.Route(NewTask() with { Requires = ["capability-79"] });

        Assert.Equal("all", decision.Provider);
        Assert.Empty(decision.Fallbacks);
        Assert.Equal(RoutingReason.OnlyCandidate, decision.Reason);
    }

    [Fact]
    public void A_provider_dearer_than_the_task_may_cost_is_rejected_with_both_amounts()
    {
        var rig = new RouterRig([Provider("codex", price: 0.5m)]);

        AssertRejected(rig, NewTask() with { MaxCostUsd = 0.25m }, RejectionReason.PriceCeiling, "costs about 0.5000 USD; the task may cost 0.2500 USD");
        Assert.Equal("codex", rig.Router.Route(NewTask() with { MaxCostUsd = 0.5m }).Provider);
    }

    [Fact]
    public void The_price_counts_the_tokens_of_the_model()
    {
        var model = new ModelDescriptor { Name = "large", Prices = new() { InputUsd = 10, OutputUsd = 100 } };
        var rig = new RouterRig([Provider("codex") with { Models = [model] }]);
        var task = NewTask() with { MaxCostUsd = 1 };

        // 4,000 tokens of output are 0.40 USD; 40,000 of input, when nobody estimated, 0.40 USD.
        Assert.Equal("codex", rig.Router.Route(task).Provider);
        AssertRejected(
            rig, task, RejectionReason.PriceCeiling, "costs about 1.4000 USD; the task may cost 1.0000 USD", new RoutingConstraints { EstimatedTokens = 100_000 });
    }

    [Fact]
    public void A_request_larger_than_every_context_window_is_rejected()
    {
        var rig = new RouterRig(
            [Provider("codex") with { Models = [new() { Name = "small", ContextWindow = 1_000 }, new() { Name = "large", ContextWindow = 8_000 }] }]);

        Assert.Equal("large", rig.Router.Route(NewTask(), new RoutingConstraints { EstimatedTokens = 5_000 }).Model);
        AssertRejected(
            rig, NewTask(), RejectionReason.ContextWindow, "the request has about 9000 tokens; the largest context window has 8000",
            new RoutingConstraints { EstimatedTokens = 9_000 });
    }

    [Fact]
    public void Providers_that_were_tried_or_excluded_are_rejected_in_any_case_of_their_names()
    {
        var rig = new RouterRig([Provider("codex")]);

        AssertRejected(rig, NewTask(), RejectionReason.AlreadyTried, "was tried for this task already", new RoutingConstraints { AlreadyTried = ["CODEX"] });
        AssertRejected(rig, NewTask(), RejectionReason.Excluded, "the caller excluded it", new RoutingConstraints { Excluded = ["Codex"] });
    }

    [Fact]
    public void A_provider_at_its_limit_of_executions_is_saturated_until_one_ends()
    {
        var rig = new RouterRig([Provider("codex")], options => options.Providers["codex"] = new() { MaxConcurrent = 1 });

        rig.Registry.States[0].InFlight = 1;
        AssertRejected(rig, NewTask(), RejectionReason.Saturated, "runs 1 executions; the limit is 1");
        rig.Registry.States[0].InFlight = 0;

        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_named_provider_is_the_only_candidate_and_the_others_were_not_requested()
    {
        var rig = new RouterRig([Provider("cheap"), Provider("dear", price: 9)]);

        var explanation = rig.Router.Explain(NewTask() with { Provider = "DEAR" });

        Assert.Equal("dear", explanation.Decision.Provider);
        Assert.Equal(RoutingReason.Override, explanation.Decision.Reason);
        Assert.Empty(explanation.Decision.Fallbacks);
        Assert.Equal(["dear", "cheap"], explanation.Candidates.Select(candidate => candidate.Provider));
        Assert.Equal(RejectionReason.NotRequested, explanation.Candidates[1].Rejection);
        Assert.Equal("the task names DEAR", explanation.Candidates[1].Detail);
    }

    [Fact]
    public void A_named_provider_that_does_not_exist_is_rejected_with_the_known_ones()
    {
        var rig = new RouterRig([Provider("codex"), Provider("claude")]);

        var decision = rig.Router.Route(NewTask() with { Provider = "codecs" });

        Assert.True(decision.IsRejected);
        Assert.Equal(RoutingReason.NoCandidate, decision.Reason);
        Assert.Equal("There is no provider 'codecs'. Known providers: claude, codex.", decision.Rejection!.Message);
    }

    [Fact]
    public void A_named_provider_that_cannot_is_rejected_with_its_reason_and_nobody_takes_its_place()
    {
        var rig = new RouterRig([Provider("codex"), Provider("jules") with { Sources = [SourceKind.GitHub] }]);

        var decision = rig.Router.Route(NewTask() with { Provider = "jules" });

        Assert.True(decision.IsRejected);
        Assert.Equal("Provider 'jules' cannot do the task: the source is local; serves github.", decision.Rejection!.Message);
    }

    [Fact]
    public void Without_any_provider_the_rejection_says_so()
    {
        var rig = new RouterRig([]);

        Assert.Equal(
            "No provider is registered: configure at least one, for example a command or an agent CLI.", rig.Router.Route(NewTask()).Rejection!.Message);
        Assert.Equal(
            "There is no provider 'codex': no provider is registered at all.", rig.Router.Route(NewTask() with { Provider = "codex" }).Rejection!.Message);
    }

    [Fact]
    public void A_candidate_with_several_reasons_tells_them_all()
    {
        var rig = new RouterRig([Provider("jules", price: 2) with { Sources = [SourceKind.GitHub] }]);

        var candidate = rig.Candidate("jules", NewTask() with { Requires = ["shell"], MaxCostUsd = 1 });

        Assert.Equal(RejectionReason.Source, candidate.Rejection);
        Assert.Equal(
            "the source is local; serves github; needs shell; has nothing; costs about 2.0000 USD; the task may cost 1.0000 USD", candidate.Detail);
        Assert.Null(candidate.Score);
    }

    [Fact]
    public void A_rejection_of_many_names_five_and_counts_the_rest()
    {
        var rig = new RouterRig(Enumerable.Range(1, 7).Select(i => Provider($"p{i}") with { Sources = [SourceKind.GitHub] }));

        var rejection = rig.Router.Route(NewTask()).Rejection!;

        Assert.Equal(7, rejection.Candidates.Count);
        Assert.StartsWith("No provider can do the task. p1: the source is local", rejection.Message, StringComparison.Ordinal);
        Assert.EndsWith("; and 2 more.", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_provider_is_asked_only_when_it_declares_regions_and_the_task_allows_each_of_them()
    {
        var task = NewTask() with { DataResidency = ["EU", "ch"] };

        Assert.Equal("codex", new RouterRig([Provider("codex") with { DataResidency = ["eu"] }]).Router.Route(task).Provider);
        AssertRejected(
            new RouterRig([Provider("codex") with { DataResidency = ["eu", "us"] }]), task, RejectionReason.Policy, "the data must stay in EU, ch; it processes data in eu, us");
        AssertRejected(
            new RouterRig([Provider("codex")]), task, RejectionReason.Policy, "the data must stay in EU, ch; it does not say where it processes data");
    }

    [Fact]
    public void Regions_beyond_the_sixty_fourth_are_told_apart_all_the_same()
    {
        var regions = Enumerable.Range(0, 80).Select(i => $"r{i:00}").ToArray();
        var rig = new RouterRig([Provider("a") with { DataResidency = [.. regions] }, Provider("b") with { DataResidency = ["r78"] }, Provider("c") with { DataResidency = ["r79"] }]);

        var decision = rig.Router.Route(NewTask() with { DataResidency = ["r79"] });

        Assert.Equal("c", decision.Provider);
        Assert.Empty(decision.Fallbacks);
    }

    [Fact]
    public void A_drained_provider_takes_nothing_new_whether_by_its_settings_or_by_call()
    {
        var drained = new RouterRig([Provider("codex")], options => options.Providers["codex"] = new() { Draining = true });
        var rig = new RouterRig([Provider("codex")]);
        rig.Registry.States[0].Draining = 1;

        AssertRejected(drained, NewTask(), RejectionReason.Draining, "takes no new work by its settings");
        AssertRejected(rig, NewTask(), RejectionReason.Draining, "takes no new work: it is drained");
    }

    [Fact]
    public void Our_own_limits_a_minute_reject_until_they_let_the_next_one_in()
    {
        var rig = new RouterRig([Provider("codex") with { Limits = new() { RequestsPerMinute = 5, TokensPerMinute = 900 } }]);
        rig.Registry.States[0].RequestsFrom = rig.Clock.GetUtcNow().AddSeconds(10).UtcTicks;
        rig.Registry.States[0].TokensFrom = rig.Clock.GetUtcNow().AddSeconds(20).UtcTicks;

        AssertRejected(rig, NewTask(), RejectionReason.RateLimited,
            $"our own limit is 5 executions a minute; until {At(rig, 10)}Z; our own limit is 900 tokens a minute; until {At(rig, 20)}Z");
        Assert.Equal(rig.Clock.GetUtcNow().AddSeconds(20), rig.Router.Route(NewTask()).Rejection!.EligibleAt);

        rig.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void Our_own_limit_a_day_rejects_until_midnight()
    {
        var rig = new RouterRig([Provider("codex") with { Limits = new() { RequestsPerDay = 2 } }]);
        var now = rig.Clock.GetUtcNow();
        rig.Registry.States[0].Day = (now.UtcTicks / TimeSpan.TicksPerDay << 32) | 2;
        var midnight = new DateTimeOffset(now.UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        AssertRejected(rig, NewTask(), RejectionReason.QuotaExhausted, $"our own limit is 2 executions a day; until {midnight:yyyy-MM-dd HH:mm:ss}Z");

        rig.Clock.Advance(midnight - now);
        Assert.Equal("codex", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void A_budget_that_has_less_left_than_the_attempt_would_cost_rejects_until_it_starts_anew()
    {
        var rig = new RouterRig([Provider("codex", 0.5m)], options =>
        {
            options.Budgets.Add(new() { Name = "total", Window = BudgetWindow.Total, MaxUsd = 10 });
            options.Budgets.Add(new() { Name = "daily", Window = BudgetWindow.Day, MaxUsd = 0.75m });
        });
        new AdmissionDesk(rig.Registry, rig.Clock).TryAdmit(new AdmissionRequest(NewTask(), "codex", "first", 0.5m));
        var midnight = new DateTimeOffset(rig.Clock.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);

        AssertRejected(rig, NewTask(), RejectionReason.Budget, $"costs about 0.5000 USD; budget 'daily' has 0.2500 USD left; until {midnight:yyyy-MM-dd HH:mm:ss}Z");
        Assert.Equal(midnight, rig.Router.Route(NewTask()).Rejection!.EligibleAt);
    }

    [Fact]
    public void A_budget_of_tokens_and_one_of_a_provider_reject_the_same_way_and_without_an_end_when_they_never_start_anew()
    {
        var rig = new RouterRig([Provider("codex", 0.5m), Provider("free")], options => options.Budgets.Add(
            new() { Name = "of-codex", Scope = BudgetScope.Provider, Owner = "codex", Window = BudgetWindow.Total, MaxTokens = 1_000 }));

        var candidate = rig.Candidate("codex");

        Assert.Equal(RejectionReason.Budget, candidate.Rejection);
        Assert.Equal("uses about 44000 tokens; budget 'of-codex' has 1000 left", candidate.Detail);
        Assert.Equal(("44000", "1000"), (candidate.Reasons[0].Value, candidate.Reasons[0].Limit));
        Assert.Null(candidate.Until);
        Assert.Equal("free", rig.Router.Route(NewTask()).Provider);
    }

    [Fact]
    public void What_may_still_be_spent_counts_instead_of_what_the_task_may_cost()
    {
        var rig = new RouterRig([Provider("codex", 0.5m)]);

        AssertRejected(
            rig, NewTask() with { MaxCostUsd = 1 }, RejectionReason.PriceCeiling, "costs about 0.5000 USD; the task may cost 0.3000 USD more",
            new RoutingConstraints { RemainingUsd = 0.3m });
    }

    [Fact]
    public void After_a_request_did_not_fit_only_a_larger_context_window_will_do()
    {
        var rig = new RouterRig(
            [Provider("codex") with { Models = [new() { Name = "small", ContextWindow = 1_000 }, new() { Name = "large", ContextWindow = 8_000 }] }]);

        Assert.Equal("large", rig.Router.Route(NewTask(), new RoutingConstraints { MoreContextThan = 1_000 }).Model);
        AssertRejected(
            rig, NewTask(), RejectionReason.ContextWindow, "the request did not fit 8000 tokens; the largest context window has 8000",
            new RoutingConstraints { MoreContextThan = 8_000 });
    }

    [Fact]
    public void A_rejection_of_several_names_who_is_able_first_again()
    {
        var rig = new RouterRig([Provider("a"), Provider("b"), Provider("c") with { Sources = [SourceKind.GitHub] }]);
        rig.Ended("a", FailureClass.RateLimited, TimeSpan.FromMinutes(3));
        rig.Ended("b", FailureClass.RateLimited, TimeSpan.FromMinutes(1));

        var rejection = rig.Router.Route(NewTask()).Rejection!;

        Assert.Equal(rig.Clock.GetUtcNow().AddMinutes(1), rejection.EligibleAt);
        Assert.EndsWith($" The first that may be able to again is b, at {At(rig, 60)}Z.", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_reason_has_a_place_in_the_order_and_none_has_two()
    {
        var ordered = CandidateReasons.Order.ToArray();

        Assert.Equal(Enum.GetValues<RejectionReason>().Where(reason => reason != RejectionReason.None).Order(), ordered.Order());
    }

    [Fact]
    public void An_explanation_survives_json_with_its_words()
    {
        var rig = new RouterRig([Provider("jules") with { Sources = [SourceKind.GitHub] }, Provider("codex")]);
        var explanation = rig.Router.Explain(NewTask());

        var json = System.Text.Json.JsonSerializer.Serialize(explanation);
        var read = System.Text.Json.JsonSerializer.Deserialize<RoutingExplanation>(json)!;

        Assert.Equal(explanation.Candidates, read.Candidates);
        Assert.Equal("the source is local; serves github", read.Candidates[1].Reasons[0].Text);
        Assert.Equal(explanation.Decision, read.Decision);
    }

    private static string At(RouterRig rig, int seconds) =>
        rig.Clock.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);

    private static void AssertRejected(RouterRig rig, AgentTask task, RejectionReason reason, string detail, RoutingConstraints? constraints = null)
    {
        var decision = rig.Router.Route(task, constraints);

        Assert.True(decision.IsRejected);
        var candidate = Assert.Single(decision.Rejection!.Candidates);
        Assert.Equal(reason, candidate.Rejection);
        Assert.Equal(detail, candidate.Detail);
        Assert.Equal(candidate, Assert.Single(rig.Router.Explain(task, constraints).Candidates));
    }
}
