using Orchestrator.Routing.Sticky;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Sticky;

public sealed class StickyTests
{
    private static readonly AgentTask Task = NewTask() with { SessionKey = "s" };

    [Fact]
    public void A_session_stays_with_its_provider_while_the_advantage_of_others_is_smaller_than_the_bonus()
    {
        var rig = Rig(("a", 0.00m), ("b", 0.09m), ("c", 0.11m));

        Assert.Equal(("b", RoutingReason.Sticky), After(rig, "b"));
        Assert.Equal(("a", RoutingReason.BestScore), After(rig, "c"));
    }

    [Fact]
    public void The_explanation_tells_about_the_session_and_pins_nothing()
    {
        var rig = Rig(("a", 0.00m), ("b", 0.05m));

        Assert.Empty(rig.Router.Explain(Task).Notes);
        Assert.Equal(0, rig.Registry.Sessions.Count);

        rig.Router.Route(Task with { Provider = "b" });
        var explanation = rig.Router.Explain(Task);
        Assert.Equal("the session stays with b", Assert.Single(explanation.Notes));
        Assert.Equal(0.1, explanation.Candidates[0].Parts!.Value.Stay, 9);

        rig.Registry.States[1].Draining = 1;
        Assert.Equal("the session leaves b, which cannot do the task", Assert.Single(rig.Router.Explain(Task).Notes));
    }

    [Fact]
    public void A_provider_that_cannot_loses_the_session_to_the_next()
    {
        var rig = Rig(("a", 0.00m), ("b", 0.05m));
        rig.Router.Route(Task with { Provider = "b" });

        Assert.Equal("a", rig.Router.Route(Task, new RoutingConstraints { AlreadyTried = ["b"] }).Provider);

        Assert.Equal(("a", RoutingReason.Sticky), (rig.Router.Route(Task).Provider, rig.Router.Route(Task).Reason));
    }

    [Fact]
    public void A_session_ends_when_it_is_idle_and_every_task_keeps_it_up()
    {
        var rig = Rig(("a", 0.00m), ("b", 0.05m));
        rig.Router.Route(Task with { Provider = "b" });

        rig.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("b", rig.Router.Route(Task).Provider);
        rig.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("b", rig.Router.Route(Task).Provider);
        rig.Clock.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal("a", rig.Router.Route(Task).Provider);
    }

    [Fact]
    public void Without_the_setting_or_a_session_nothing_is_kept()
    {
        var off = new RouterRig([Provider("a"), Provider("b", 0.05m)], options => options.Sticky.Enabled = false);
        var on = Rig(("a", 0.00m), ("b", 0.05m));

        off.Router.Route(Task with { Provider = "b" });
        on.Router.Route(NewTask() with { Provider = "b" });

        Assert.Equal(("a", "a"), (off.Router.Route(Task).Provider, on.Router.Route(NewTask()).Provider));
        Assert.Equal((0, 0), (off.Registry.Sessions.Count, on.Registry.Sessions.Count));
    }

    [Fact]
    public void Repository_and_branch_are_a_session_the_repository_in_any_case_the_branch_to_the_letter()
    {
        ulong Of(string owner, string repository, string branch) =>
            SessionKeys.Of(NewTask() with { Source = new GitHubSource { Owner = owner, Repository = repository, Branch = branch } });

        Assert.Equal(Of("acme", "shop", "main"), Of("Acme", "SHOP", "main"));
        Assert.Equal(5, new[] { Of("acme", "shop", "main"), Of("acme", "shop", "Main"), Of("acm", "eshop", "main"), Of("acme", "shopm", "ain"), SessionKeys.Of(Task) }.Distinct().Count());
        Assert.Equal(SessionKeys.None, SessionKeys.Of(NewTask()));
    }

    [Fact]
    public void The_hash_of_a_session_never_changes_between_versions()
    {
        Assert.Equal("4943ccf2c6554022", SessionKeys.Of(Task).ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Sessions_beyond_the_limit_throw_out_the_ones_that_are_idle_longest()
    {
        var rig = new RouterRig([Provider("a"), Provider("b", 0.05m)], options => options.Sticky.MaxSessions = 20);

        for (var i = 0; i < 21; i++)
        {
            rig.Router.Route(Task with { SessionKey = $"s{i}", Provider = "b" });
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await rig.Registry.Sessions.Trimming;
        Assert.Equal(18, rig.Registry.Sessions.Count);
        Assert.Equal("a", rig.Router.Route(Task with { SessionKey = "s2" }).Provider);
        Assert.Equal("b", rig.Router.Route(Task with { SessionKey = "s3" }).Provider);
    }

    [Fact]
    public void Exported_sessions_are_taken_in_by_another_host_and_the_newer_word_counts()
    {
        var (old, young) = (Rig(("a", 0.00m), ("b", 0.05m)), Rig(("a", 0.00m), ("b", 0.05m)));
        old.Router.Route(Task with { Provider = "b" });
        old.Router.Route(Task with { SessionKey = "t", Provider = "b" });
        young.Clock.Advance(TimeSpan.FromMinutes(1));
        young.Router.Route(Task with { SessionKey = "t", Provider = "a" });

        young.Registry.Sessions.Import([.. old.Registry.Sessions.Export(), ("no key", "b", old.Clock.GetUtcNow()), ("00000000000000aa", "gone", old.Clock.GetUtcNow())]);

        Assert.Equal(("b", "a"), (young.Router.Route(Task).Provider, young.Router.Route(Task with { SessionKey = "t" }).Provider));
        Assert.Equal(3, young.Registry.Sessions.Count);
    }

    private static RouterRig Rig(params (string Name, decimal Price)[] providers) => new(providers.Select(provider => Provider(provider.Name, provider.Price)));

    private static (string?, RoutingReason) After(RouterRig rig, string provider)
    {
        rig.Router.Route(Task with { Provider = provider });
        var decision = rig.Router.Route(Task);
        return (decision.Provider, decision.Reason);
    }
}
