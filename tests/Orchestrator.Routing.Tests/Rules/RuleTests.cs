using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Rules;

public sealed class RuleTests
{
    private static readonly GitHubSource Repository = new() { Owner = "Acme", Repository = "Shop", Branch = "main" };

    [Fact]
    public void The_first_rule_that_matches_decides_and_its_word_is_final()
    {
        var rig = Rig(
            new() { Name = "generate", When = new() { TaskTypes = [AgentTaskType.Generate] }, Then = new() { Provider = "cheap" } },
            new() { Name = "fix", When = new() { TaskTypes = [AgentTaskType.Fix] }, Then = new() { Provider = "DEAR" } },
            new() { Name = "rest", Then = new() { Group = "small" } });

        var explanation = rig.Router.Explain(NewTask());

        Assert.Equal(("dear", RoutingReason.Rule, "fix"), (explanation.Decision.Provider, explanation.Decision.Reason, explanation.Decision.Because));
        Assert.Empty(explanation.Decision.Fallbacks);
        Assert.Equal("rule 'fix' matched: provider DEAR; its word is final", Assert.Single(explanation.Notes));
        Assert.Equal((RejectionReason.Rule, "rule 'fix' sends the task elsewhere: provider DEAR"), (explanation.Candidates[1].Rejection, explanation.Candidates[1].Detail));
    }

    [Fact]
    public void A_rule_to_a_provider_that_cannot_leaves_the_task_without_one()
    {
        var rig = Rig(new RoutingRule { Name = "all", Then = new() { Provider = "remote" } });

        var decision = rig.Router.Route(NewTask());

        Assert.True(decision.IsRejected);
        Assert.Contains("remote: the source is local", decision.Rejection!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_is_a_tag_and_the_best_of_it_is_chosen()
    {
        var rig = Rig(new RoutingRule { Name = "all", Then = new() { Group = "LARGE" } });

        var decision = rig.Router.Route(NewTask());

        Assert.Equal("dear", decision.Provider);
        Assert.Equal(["dearer"], decision.Fallbacks);
    }

    [Fact]
    public void What_a_rule_denies_is_rejected_by_policy_even_when_the_task_names_it()
    {
        var rig = Rig(new RoutingRule { Name = "no-large", Then = new() { Deny = ["large"] } });

        Assert.Empty(rig.Router.Route(NewTask()).Fallbacks);
        Assert.True(rig.Router.Route(NewTask() with { Provider = "dear" }).IsRejected);
        Assert.Equal((RejectionReason.Policy, "rule 'no-large' denies it"), (rig.Candidate("dear").Rejection, rig.Candidate("dear").Detail));
    }

    [Fact]
    public void The_providers_name_in_a_task_goes_before_every_rule_and_says_so()
    {
        var rig = Rig(new RoutingRule { Name = "all", Then = new() { Provider = "cheap", Policy = RoutingPolicies.Weighted } });

        var explanation = rig.Router.Explain(NewTask() with { Provider = "dear" });

        Assert.Equal(("dear", RoutingReason.Override), (explanation.Decision.Provider, explanation.Decision.Reason));
        Assert.Equal("the task names its provider: that is final, and rules and experiments take no part", Assert.Single(explanation.Notes));
        Assert.Equal(RoutingPolicies.Best, explanation.Policy);
    }

    [Fact]
    public void A_rule_may_change_the_cost_profile_and_the_policy()
    {
        var rig = Rig(new RoutingRule { Name = "quality", Then = new() { Profile = CostProfile.Quality, Policy = RoutingPolicies.Tiers } });

        var explanation = rig.Router.Explain(NewTask());

        Assert.Equal(("dear", RoutingPolicies.Tiers), (explanation.Decision.Provider, explanation.Policy));
    }

    [Theory]
    [InlineData("Acme/Shop", true)]
    [InlineData("acme/*", true)]
    [InlineData("acme/other", false)]
    [InlineData("other/shop", false)]
    public void Repositories_match_in_any_case_and_by_owner(string pattern, bool matches) =>
        AssertMatches(new() { Repositories = [pattern] }, NewTask() with { Source = Repository }, matches);

    [Fact]
    public void Everything_that_is_set_must_match_and_of_a_list_one_value()
    {
        var task = NewTask() with { Priority = 10, CostProfile = CostProfile.Fast, Complexity = TaskComplexity.Complex, Labels = new ValueMap([new("tenant", "acme")]) };

        AssertMatches(new() { TaskTypes = [AgentTaskType.Fix, AgentTaskType.Generate], Sources = [SourceKind.Local] }, task, true);
        AssertMatches(new() { TaskTypes = [AgentTaskType.Fix], Sources = [SourceKind.GitHub] }, task, false);
        AssertMatches(new() { Complexities = [TaskComplexity.Complex], Profiles = [CostProfile.Fast, CostProfile.Quality] }, task, true);
        AssertMatches(new() { Complexities = [TaskComplexity.Simple] }, task, false);
        AssertMatches(new() { Profiles = [CostProfile.Balanced] }, task, false);
        AssertMatches(new() { MinPriority = 10, MaxPriority = 10 }, task, true);
        AssertMatches(new() { MinPriority = 11 }, task, false);
        AssertMatches(new() { MaxPriority = 9 }, task, false);
        AssertMatches(new() { Labels = { ["tenant"] = "acme" } }, task, true);
        AssertMatches(new() { Labels = { ["tenant"] = "*" } }, task, true);
        AssertMatches(new() { Labels = { ["tenant"] = "other" } }, task, false);
        AssertMatches(new() { Labels = { ["order"] = "*" } }, task, false);
        AssertMatches(new() { Repositories = ["acme/*"] }, task, false);
    }

    private static void AssertMatches(TaskMatch match, AgentTask task, bool matches)
    {
        var providers = new[] { Provider("cheap") with { Sources = [SourceKind.Local, SourceKind.GitHub] }, Provider("dear", 1) with { Sources = [SourceKind.Local, SourceKind.GitHub] } };
        var rig = new RouterRig(providers, options => options.Rules.Add(new() { Name = "rule", When = match, Then = new() { Provider = "dear" } }));

        Assert.Equal(matches ? "dear" : "cheap", rig.Router.Route(task).Provider);
    }

    private static RouterRig Rig(params RoutingRule[] rules) => new(
        [
            Provider("cheap") with { Tags = ["small"] }, Provider("dear", 0.5m) with { Tags = ["large"] }, Provider("dearer", 0.6m) with { Tags = ["large"] },
            Provider("remote") with { Sources = [SourceKind.GitHub], Tags = ["large"] },
        ],
        options =>
        {
            options.Providers["dear"] = new() { SuccessRate = 0.95 };
            foreach (var rule in rules)
            {
                options.Rules.Add(rule);
            }
        });
}
