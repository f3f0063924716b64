using Orchestrator.Providers;
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

        using (rig.Registry.TryBegin("codex"))
        {
            AssertRejected(rig, NewTask(), RejectionReason.Saturated, "runs 1 executions; the limit is 1");
        }

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
