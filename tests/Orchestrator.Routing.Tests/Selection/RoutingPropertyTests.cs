using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Providers;
using Orchestrator.Routing.Recording;
using Orchestrator.Routing.Selection;
using Orchestrator.Tasks;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class RoutingPropertyTests
{
    private static readonly string[] Capabilities = ["edit", "shell", "resume", "plan-approval"];
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20260101, 7);

    [Fact]
    public void What_a_filter_rejects_is_never_chosen_and_the_decision_is_the_explanations_order() => Check(seed =>
    {
        var random = SeededRandom.Create(seed);
        var rig = Rig(Descriptors(random), random);
        Disturb(rig, random);
        var (task, constraints) = (Task(random, rig), Constraints(random, rig));

        var explanation = rig.Router.Explain(task, constraints);
        var decision = rig.Router.Route(task, constraints);

        var eligible = explanation.Candidates.Where(candidate => candidate.Rejection == RejectionReason.None).ToList();
        var halfOpen = eligible.Where(candidate => candidate.Detail.Length > 0).Select(candidate => candidate.Provider).ToHashSet();
        Assert.Equal(eligible.Count == 0, decision.IsRejected);
        Assert.True(decision.IsRejected || eligible.Exists(candidate => candidate.Provider == decision.Provider));
        Assert.Equal(eligible.Select(candidate => candidate.Provider).Where(name => name != decision.Provider && !halfOpen.Contains(name)), decision.Fallbacks);
        Assert.Equal(decision with { Id = default, Rejection = null }, explanation.Decision with { Id = default, Rejection = null });
        Assert.Equal(decision.Rejection?.Message, explanation.Decision.Rejection?.Message);
        Assert.Equal(rig.Registry.Providers.Count, explanation.Candidates.Count);
        Assert.All(explanation.Candidates, candidate => Assert.Equal(candidate.Rejection == RejectionReason.None, candidate.Reasons.Count == 0));
        Assert.All(explanation.Candidates.Where(candidate => candidate.Reasons.Count > 0), candidate => Assert.Equal(candidate.Rejection, candidate.Reasons[0].Reason));
        Assert.InRange(decision.Propensity!.Value, double.Epsilon, 1);
    });

    [Fact]
    public void What_an_observer_recorded_gives_the_same_decision_again() => Check(seed =>
    {
        var random = SeededRandom.Create(seed);
        var rig = Rig(Descriptors(random), random);
        Disturb(rig, random);
        var observer = new Recorder();
        rig.Router.Observer = observer;
        var (task, constraints) = (Task(random, rig), Constraints(random, rig));
        task = task with { SessionKey = random.Next(2) == 0 ? "s" : null };

        for (var i = 0; i < 4; i++)
        {
            var decision = rig.Router.Route(task, constraints);
            var (recorded, state) = (observer.Decision, observer.State);
            Disturb(rig, random);

            var query = new RoutingQuery(task, constraints, rig.Registry.Snapshot);
            var again = RoutingPipeline.Decide(FrameCodec.Decode(state).ToFrame(rig.Registry.Snapshot, decision.Seed, withBudgets: true), query, decision.Id);

            Assert.Equal(decision with { Rejection = null }, again with { Rejection = null });
            Assert.Equal(decision.Rejection?.Candidates.Select(candidate => candidate.Rejection), again.Rejection?.Candidates.Select(candidate => candidate.Rejection));
            Assert.Equal(decision, recorded);
        }
    });

    [Fact]
    public void A_higher_price_never_makes_a_provider_more_likely_under_economy() => Check(seed =>
    {
        var random = SeededRandom.Create(seed);
        var descriptors = Descriptors(random);
        var rig = new RouterRig(descriptors);
        var task = Task(random, rig) with { Provider = null, CostProfile = CostProfile.Economy };
        foreach (var some in descriptors)
        {
            var dearer = new RouterRig(descriptors.Select(descriptor => descriptor == some ? descriptor with { PricePerTaskUsd = descriptor.PricePerTaskUsd + 0.2m } : descriptor));
            Assert.True(rig.Router.Route(task).Provider == some.Name || dearer.Router.Route(task).Provider != some.Name);
        }
    });

    [Fact]
    public void Adding_a_provider_that_loses_never_changes_the_order_of_the_others() => Check(seed =>
    {
        var random = SeededRandom.Create(seed);
        var descriptors = Descriptors(random);
        var more = Descriptors(random).Select((descriptor, index) => descriptor with { Name = $"extra{index}" });
        var (few, many) = (new RouterRig(descriptors), new RouterRig([.. descriptors, .. more]));
        var task = Task(random, few) with { Provider = null };

        var alone = few.Router.Explain(task).Candidates;
        var together = many.Router.Explain(task).Candidates.Where(candidate => !candidate.Provider.StartsWith("extra", StringComparison.Ordinal));

        Assert.Equal(alone, together);
    });

    [Fact]
    public void A_lower_price_never_makes_a_provider_lose() => Check(seed =>
    {
        var random = SeededRandom.Create(seed);
        var descriptors = Descriptors(random);
        var rig = new RouterRig(descriptors);
        var task = Task(random, rig) with { Provider = null };
        var winner = rig.Router.Route(task).Provider;

        var cheaper = new RouterRig(descriptors.Select(descriptor =>
            descriptor.Name == winner ? descriptor with { PricePerTaskUsd = descriptor.PricePerTaskUsd / 2 } : descriptor));

        Assert.Equal(winner, cheaper.Router.Route(task).Provider);
    });

    private static void Check(Action<int> property) => Prop.ForAll(ArbMap.Default.ArbFor<int>(), property).Check(Repeatable);

    private static List<ProviderDescriptor> Descriptors(Random random) =>
    [
        .. Enumerable.Range(0, random.Next(0, 12)).Select(index => Provider($"p{index}", price: random.Next(0, 100) / 100m) with
        {
            TaskTypes = [.. Some(random, [AgentTaskType.Generate, AgentTaskType.Fix, AgentTaskType.Refactor, AgentTaskType.Optimize])],
            Sources = [.. Some(random, [SourceKind.Local, SourceKind.GitHub])],
            Capabilities = [.. Some(random, Capabilities)],
            Models = [.. Some(random, ["m1", "m2"]).Select(name => new ModelDescriptor { Name = name, ContextWindow = random.Next(1, 4) * 1000 })],
            Limits = new() { Concurrent = random.Next(1, 3) },
            DataResidency = [.. Some(random, ["eu", "us"])],
        }),
    ];

    private static RouterRig Rig(List<ProviderDescriptor> descriptors, Random random) => new(descriptors, options =>
    {
        foreach (var descriptor in descriptors)
        {
            options.Providers[descriptor.Name] = new()
            {
                Enabled = random.Next(8) > 0,
                Draining = random.Next(10) == 0,
                PricePerTaskUsd = descriptor.PricePerTaskUsd,
                SuccessRate = random.NextDouble(),
                Weight = random.Next(0, 4),
                Tier = random.Next(0, 3),
            };
        }

        options.Policy = RoutingPolicies.All[random.Next(RoutingPolicies.All.Count)];
        (options.Learning.ExplorationShare, options.Learning.FloorShare) = (random.Next(3) * 0.2, random.Next(3) * 0.2);
        if (descriptors.Count > 1 && random.Next(3) == 0)
        {
            options.Rules.Add(new() { Name = "deny", When = new() { MinPriority = -50 }, Then = new() { Deny = [descriptors[0].Name], Profile = CostProfile.Fast } });
        }

        if (random.Next(3) == 0)
        {
            options.Budgets.Add(new() { Name = "daily", MaxUsd = random.Next(1, 60) / 100m });
            options.Budgets.Add(new() { Name = "providers", Scope = BudgetScope.Provider, MaxUsd = random.Next(1, 60) / 100m });
        }
    });

    private static void Disturb(RouterRig rig, Random random)
    {
        var failures = Enum.GetValues<FailureClass>();
        for (var i = 0; i < 60 && rig.Registry.Providers.Count > 0; i++)
        {
            var name = rig.Registry.Providers[random.Next(rig.Registry.Providers.Count)].Name;
            FailureClass? failure = random.Next(4) == 0 ? null : failures[random.Next(failures.Length)];
            rig.Ended(name, failure, random.Next(3) == 0 ? TimeSpan.FromSeconds(random.Next(-5, 100)) : null);
            rig.Verified(name, failure);
            rig.Clock.Advance(TimeSpan.FromSeconds(random.Next(40)));
            if (random.Next(5) == 0)
            {
                rig.Registry.States[random.Next(rig.Registry.Providers.Count)].InFlight++;
                rig.Router.Route(NewTask());
            }
        }
    }

    private static AgentTask Task(Random random, RouterRig rig) => NewTask((AgentTaskType)random.Next(0, 5)) with
    {
        Source = random.Next(2) == 0 ? new LocalSource { Path = "/r" } : new GitHubSource { Owner = "o", Repository = "r", Branch = "main" },
        Requires = [.. Some(random, Capabilities).Take(1)],
        CostProfile = (CostProfile)random.Next(0, 4),
        Priority = random.Next(-100, 101),
        PreferredModel = random.Next(2) == 0 ? "M2" : null,
        DataResidency = random.Next(3) == 0 ? ["eu", "ch"] : [],
        MaxCostUsd = random.Next(2) == 0 ? random.Next(0, 100) / 100m : null,
        Provider = random.Next(4) == 0 && rig.Registry.Providers.Count > 0 ? rig.Registry.Providers[^1].Name : null,
    };

    private static RoutingConstraints? Constraints(Random random, RouterRig rig) => random.Next(2) == 0 ? null : new RoutingConstraints
    {
        AlreadyTried = [.. Some(random, [.. rig.Registry.Providers.Select(provider => provider.Name)]).Take(2)],
        Excluded = [.. Some(random, [.. rig.Registry.Providers.Select(provider => provider.Name)]).Take(1)],
        MoreContextThan = random.Next(4) == 0 ? random.Next(0, 3000) : null,
        RemainingUsd = random.Next(4) == 0 ? random.Next(0, 100) / 100m : null,
        EstimatedTokens = random.Next(2) == 0 ? random.Next(0, 5000) : null,
    };

    private static List<T> Some<T>(Random random, T[] all) => [.. all.Where(_ => random.Next(3) > 0)];

    private sealed class Recorder : IRoutingObserver
    {
        public string State { get; private set; } = "";

        public RoutingDecision Decision { get; private set; }

        public void Decided(in RoutingDecision decision, AgentTask task, RoutingConstraints? constraints, in RoutingFrame frame, bool isShadow) =>
            (Decision, State) = (decision, FrameCodec.Encode(frame));

        public void Reported(in ExecutionOutcome outcome)
        {
        }
    }
}
