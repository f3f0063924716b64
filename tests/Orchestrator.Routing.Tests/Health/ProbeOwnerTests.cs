using Orchestrator.Providers;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Health;

public sealed class ProbeOwnerTests
{
    private readonly RouterRig _rig = new([Provider("codex")], options => (options.Breaker.FailureThreshold, options.Breaker.ProbeTimeout) = (1, TimeSpan.FromMinutes(10)));

    [Theory]
    [InlineData(FailureClass.Cancelled)]
    [InlineData(FailureClass.NoChanges)]
    public void An_older_attempt_that_tells_nothing_does_not_let_a_second_probe_in(FailureClass failure)
    {
        var old = _rig.Router.Route(NewTask());
        var probe = Probe();

        Report(old, failure);
        Report(default, failure);
        Assert.True(_rig.Router.Route(NewTask()).IsRejected);

        Report(probe, failure);
        Assert.False(_rig.Router.Route(NewTask()).IsRejected);
    }

    [Fact]
    public void An_older_attempt_that_met_a_rate_limit_does_not_let_a_second_probe_in_once_the_limit_is_over()
    {
        var old = _rig.Router.Route(NewTask());
        Probe();

        _rig.Router.Report(new ExecutionOutcome(old.Id, "codex", AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.RateLimited, TimeSpan.FromSeconds(1)));
        _rig.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(RejectionReason.HalfOpenBusy, _rig.Candidate("codex").Rejection);
    }

    [Fact]
    public void A_probe_that_was_not_used_is_given_back_by_its_decision_alone_and_counts_for_nothing()
    {
        var old = _rig.Router.Route(NewTask());
        var probe = Probe();

        _rig.Router.ReleaseProbe(old);
        _rig.Router.ReleaseProbe(default);
        Assert.True(_rig.Router.Route(NewTask()).IsRejected);

        _rig.Router.ReleaseProbe(probe);
        _rig.Router.ReleaseProbe(probe);
        Assert.False(_rig.Router.Route(NewTask()).IsRejected);
        Assert.Equal(0, _rig.Registry.Health.WindowOf(0).Neutral);
    }

    [Fact]
    public void A_probe_whose_time_was_over_does_not_give_the_next_one_back()
    {
        var lost = Probe();
        _rig.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.False(_rig.Router.Route(NewTask()).IsRejected);

        _rig.Router.ReleaseProbe(lost);

        Assert.True(_rig.Router.Route(NewTask()).IsRejected);
    }

    [Fact]
    public void However_many_give_back_and_ask_at_once_there_is_never_more_than_one_probe()
    {
        var old = _rig.Router.Route(NewTask());
        Probe();
        var (running, most) = (1, 1);

        Parallel.For(0, 500, _ =>
        {
            _rig.Router.ReleaseProbe(old);
            if (_rig.Router.Route(NewTask()) is { IsRejected: false })
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
            }
        });

        Assert.Equal(1, most);
    }

    private RoutingDecision Probe()
    {
        _rig.Ended("codex", FailureClass.ProviderError);
        _rig.Clock.Advance(TimeSpan.FromHours(1));
        var probe = _rig.Router.Route(NewTask());
        Assert.False(probe.IsRejected);
        return probe;
    }

    private void Report(in RoutingDecision decision, FailureClass failure) =>
        _rig.Router.Report(new ExecutionOutcome(decision.Id, "codex", AgentTaskType.Fix, OutcomeStage.Ended, failure));
}
