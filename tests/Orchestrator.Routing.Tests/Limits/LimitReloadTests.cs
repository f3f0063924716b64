using Orchestrator.Providers;
using Orchestrator.Routing.Tests.Admission;

namespace Orchestrator.Routing.Tests.Limits;

public sealed class LimitReloadTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData(2_000, true)]
    [InlineData(1_000, false)]
    [InlineData(500, false)]
    public void The_wait_of_a_limit_of_tokens_that_is_gone_or_was_raised_does_not_last_on(int? tokens, bool isLetIn)
    {
        var rig = Rig(Tokens(1_000));
        rig.Admit(tokens: 1_000_000).Admission.Settle(0, 1_000_000);

        rig.Registry.Update(Tokens(tokens));

        Assert.Equal(isLetIn, rig.Admit(tokens: 1).IsAdmitted);
        Assert.Equal(isLetIn, !new ProviderRouter(rig.Registry, rig.Clock).Route(AdmissionRig.TaskOf("t") with { Provider = "codex" }).IsRejected);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(2, true)]
    [InlineData(1, false)]
    public void The_wait_of_a_limit_of_requests_that_is_gone_or_was_raised_does_not_last_on(int? requests, bool isLetIn)
    {
        var rig = Rig(Requests(1));
        rig.Admit();
        Assert.False(rig.Admit().IsAdmitted);

        rig.Registry.Update(Requests(requests));

        Assert.Equal(isLetIn, rig.Admit().IsAdmitted);
    }

    [Fact]
    public void An_attempt_that_ends_after_its_limit_was_taken_away_leaves_no_wait_behind()
    {
        var rig = Rig(Tokens(1_000));
        var admission = rig.Admit(tokens: 1).Admission;
        rig.Registry.Update(Tokens(null));

        admission.Settle(0, 5_000_000);

        Assert.Null(rig.Statuses.Get("codex").NextAttemptFrom);
        Assert.False(new ProviderRouter(rig.Registry, rig.Clock).Route(AdmissionRig.TaskOf("t") with { Provider = "codex" }).IsRejected);
    }

    [Fact]
    public void Requests_of_a_day_that_are_used_up_are_a_quota_for_the_router_and_for_the_admission()
    {
        var rig = new AdmissionRig(_ => { }, new ProviderLimits { RequestsPerDay = 1 });
        rig.Admit();

        var routed = new ProviderRouter(rig.Registry, rig.Clock).Explain(AdmissionRig.TaskOf("t")).Candidates.Single(candidate => candidate.Provider == "codex");

        Assert.Equal(RejectionReason.QuotaExhausted, rig.Admit().Rejection!.Reason);
        Assert.Equal((RejectionReason.QuotaExhausted, rig.Clock.GetUtcNow() + TimeSpan.FromDays(1)), (routed.Rejection, routed.Until));
        Assert.Equal("our own limit is 1 executions a day; until 2026-01-02 00:00:00Z", Assert.Single(routed.Reasons).Text);
    }

    private static ProviderRoutingOptions Tokens(int? aMinute) => new() { Seed = 1, Providers = { ["codex"] = new() { TokensPerMinute = aMinute } } };

    private static ProviderRoutingOptions Requests(int? aMinute) => new() { Seed = 1, Providers = { ["codex"] = new() { RequestsPerMinute = aMinute } } };

    private static AdmissionRig Rig(ProviderRoutingOptions options) => new(own => own.Providers["codex"] = options.Providers["codex"]);
}
