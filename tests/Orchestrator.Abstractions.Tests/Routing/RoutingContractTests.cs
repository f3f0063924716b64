using Orchestrator.Json;
using Orchestrator.Routing;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;
using Known = Orchestrator.Json.OrchestratorJsonContext;

namespace Orchestrator.Abstractions.Tests.Routing;

public sealed class RoutingContractTests
{
    private static readonly BudgetKey Forever = new("b", "*", DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_task_says_nothing_about_routing_unless_told()
    {
        var task = new AgentTask { Id = "t", Type = AgentTaskType.Fix, Instructions = "x", Source = new LocalSource { Path = "/r" } };

        Assert.Equal(TaskComplexity.Unknown, task.Complexity);
        Assert.Equal(TaskRacing.None, task.Racing);
        Assert.Null(task.SessionKey);
        Assert.Empty(task.PreferredTags);
        Assert.Empty(task.DataResidency);
        Assert.Empty((task with { PreferredTags = null!, DataResidency = null! }).PreferredTags);
    }

    [Fact]
    public void A_provider_that_does_not_say_where_it_works_declares_no_region()
    {
        var provider = OrchestratorJson.Read("""{"name":"p","kind":"command"}""", Known.Default.ProviderDescriptor);

        Assert.Empty(provider.DataResidency);
        Assert.NotEqual(provider, provider with { DataResidency = ["eu"] });
    }

    [Theory]
    [InlineData("heroic")]
    [InlineData("7")]
    public void Complexities_and_races_that_this_version_does_not_know_are_unknown_and_none(string name)
    {
        Assert.Equal(TaskComplexity.Unknown, EnumNames.Parse<TaskComplexity>(name));
        Assert.Equal(TaskRacing.None, EnumNames.Parse<TaskRacing>(name));
    }

    [Fact]
    public void The_detail_of_a_rejected_candidate_is_made_of_its_reasons()
    {
        var candidate = new CandidateExplanation
        {
            Provider = "p",
            Rejection = RejectionReason.Capability,
            Reasons = [
                new RejectionDetail { Reason = RejectionReason.Capability, Text = "needs shell; has edit" },
                new RejectionDetail { Reason = RejectionReason.Rule, Text = "rule r gave it to others" }],
        };

        Assert.Equal("needs shell; has edit; rule r gave it to others", candidate.Detail);
    }

    [Fact]
    public void A_score_is_the_sum_of_its_parts() =>
        Assert.Equal(1.0 + 2.0 + 3.0 - 0.5 - 0.25, new ScoreParts(Price: 1, Risk: 2, Time: 3, Bonus: 0.5, Stay: 0.25, SuccessRate: 0.9, Uncertainty: 0.1).Total);

    [Fact]
    public void A_probability_that_nobody_says_is_not_known()
    {
        Assert.Null(new RoutingDecision().Propensity);
        Assert.Null(default(RoutingDecision).Propensity);
        Assert.All([0, -0.25, 1.5, double.NaN], value => Assert.Null(new RoutingDecision { Propensity = value }.Propensity));
        Assert.Equal(0.25, new RoutingDecision { Propensity = 0.25 }.Propensity);
    }

    [Fact]
    public void Windows_that_differ_in_anything_are_different_windows()
    {
        Assert.Equal(Forever, new BudgetKey("b", "*", DateTimeOffset.UnixEpoch));
        Assert.NotEqual(Forever, Forever with { Owner = "" });
        Assert.NotEqual(Forever, Forever with { Budget = "B" });
        Assert.NotEqual(Forever, Forever with { WindowStart = DateTimeOffset.UnixEpoch.AddHours(1) });
        Assert.NotEqual(Forever, Forever with { WindowEnd = DateTimeOffset.UnixEpoch.AddHours(1) });
    }

    [Fact]
    public void A_window_and_a_cap_that_are_absent_in_json_are_none()
    {
        var claim = OrchestratorJson.Read(
            """{"key":{"budget":"b","owner":"*","window_start":"1970-01-01T00:00:00+00:00"},"nano_usd":1,"tokens":2}""", Known.Default.BudgetClaim);

        Assert.Equal(new BudgetClaim(Forever, 1, 2), claim);
        Assert.Throws<System.Text.Json.JsonException>(() => OrchestratorJson.Read("""{"budget":"","owner":"*","window_start":"1970-01-01T00:00:00Z"}""", Known.Default.BudgetKey));
    }
}
