using Orchestrator.Providers;
using static Orchestrator.Routing.Tests.Attempts.AttemptRig;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

/// <summary>Who follows a provider that failed, when its settings name somebody.</summary>
public sealed class SuccessorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_named_order_holds_after_the_same_provider_was_tried_again()
    {
        var rig = Four(options => options.Providers["a"] = new ProviderSettings { Fallbacks = ["d"] }).Script("a", Fails(FailureClass.ProviderError));

        await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(["a", "a", "d"], rig.Asked);
    }

    [Fact]
    public async Task The_named_order_holds_when_its_first_fails_as_well()
    {
        var rig = Four(options => options.Providers["a"] = new ProviderSettings { Fallbacks = ["d", "c"] })
            .Script("a", Fails(FailureClass.Unavailable)).Script("d", Fails(FailureClass.Unavailable)).Script("c", Fails(FailureClass.Unavailable));

        await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(["a", "d", "c", "b"], rig.Asked);
    }

    [Fact]
    public async Task Those_that_the_last_one_names_go_before_those_that_an_earlier_one_named()
    {
        var rig = Four(options =>
        {
            options.Providers["a"] = new ProviderSettings { Fallbacks = ["d", "b"] };
            options.Providers["d"] = new ProviderSettings { Fallbacks = ["c"] };
        }).Script("a", Fails(FailureClass.Unavailable)).Script("d", Fails(FailureClass.Unavailable)).Script("c", Fails(FailureClass.Unavailable));

        await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(["a", "d", "c", "b"], rig.Asked);
    }

    [Fact]
    public async Task A_retry_and_a_named_successor_are_no_wish_of_the_task()
    {
        List<RoutingReason> reasons = [];
        var rig = Four(options => options.Providers["a"] = new ProviderSettings { Fallbacks = ["d"] })
            .Script("a", Noting(reasons, Fails(FailureClass.ProviderError))).Script("d", Noting(reasons, Answers()));

        await rig.RunAsync(cancellationToken: Token);

        Assert.Equal([RoutingReason.BestScore, RoutingReason.OnlyCandidate, RoutingReason.OnlyCandidate], reasons);
    }

    [Fact]
    public async Task A_successor_that_a_rule_leaves_out_is_passed_over()
    {
        List<RoutingReason> reasons = [];
        var rig = Four(options =>
        {
            options.Providers["a"] = new ProviderSettings { Fallbacks = ["d", "c"] };
            options.Rules.Add(new RoutingRule { Name = "not-d", Then = new RouteTarget { Deny = ["d"] } });
        }).Script("a", Noting(reasons, Fails(FailureClass.ProviderError))).Script("c", Noting(reasons, Answers()));

        await rig.RunAsync(cancellationToken: Token);

        Assert.Equal(["a", "a", "c"], rig.Asked);
        Assert.All(reasons, reason => Assert.Equal(RoutingReason.Rule, reason));
    }

    private static Step Noting(List<RoutingReason> reasons, Step step) => (context, token) =>
    {
        reasons.Add(context.Decision.Reason);
        return step(context, token);
    };

    private static AttemptRig Four(Action<ProviderRoutingOptions> configure) => new(
        [Provider("a", 0.1m), Provider("b", 0.2m), Provider("c", 0.3m), Provider("d", 0.4m)],
        options =>
        {
            options.Attempts.RetryDelay = TimeSpan.Zero;
            configure(options);
        });
}
