using Orchestrator.Providers;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Recording;

/// <summary>Makes hosts, tasks and weather by chance that a seed repeats.</summary>
internal static class RandomRouting
{
    private static readonly string[] Policies =
        [RoutingPolicies.Best, RoutingPolicies.Weighted, RoutingPolicies.PowerOfTwoChoices, RoutingPolicies.Tiers, RoutingPolicies.Thompson];

    public static RecordingRig Rig(Random random)
    {
        var names = Enumerable.Range(0, random.Next(1, 9)).Select(index => $"p{index}").ToList();
        return new RecordingRig([.. names.Select(name => Descriptor(name, random))], options => Configure(options, names, random));
    }

    /// <summary>Decides <paramref name="count"/> tasks in changing weather.</summary>
    public static List<RoutingDecision> Decide(RecordingRig rig, Random random, int count)
    {
        var failures = Enum.GetValues<FailureClass>();
        var decisions = new List<RoutingDecision>(count);
        for (var i = 0; i < count; i++)
        {
            var decision = rig.Router.Route(Task(random, i), Constraints(random));
            decisions.Add(decision);
            if (!decision.IsRejected)
            {
                FailureClass? failure = random.Next(4) == 0 ? failures[random.Next(failures.Length)] : null;
                rig.Router.Report(new ExecutionOutcome(
                    decision.Id, decision.Provider!, AgentTaskType.Fix, (OutcomeStage)random.Next(2), failure, Duration: TimeSpan.FromSeconds(random.Next(1, 500)), CostUsd: random.Next(0, 30) / 10m, Complexity: decision.Complexity));
            }

            rig.Clock.Advance(TimeSpan.FromSeconds(random.Next(20)));
        }

        return decisions;
    }

    private static ProviderDescriptor Descriptor(string name, Random random) => Provider(name, random.Next(1, 100) / 100m) with
    {
        Capabilities = random.Next(4) > 0 ? ["edit"] : [],
        Models = random.Next(2) == 0 ? [] : [new() { Name = "m1", ContextWindow = 100_000, Prices = new() { InputUsd = random.Next(20), OutputUsd = random.Next(60) } }],
        Tags = random.Next(2) == 0 ? ["fast"] : [],
        DataResidency = random.Next(2) == 0 ? ["eu"] : [],
    };

    private static void Configure(ProviderRoutingOptions options, List<string> names, Random random)
    {
        options.Policy = Policies[random.Next(Policies.Length)];
        (options.Learning.ExplorationShare, options.Learning.FloorShare) = (0.2, 0.1);
        options.Budgets = random.Next(2) == 0 ? [] :
        [
            new() { Name = "all", MaxUsd = random.Next(1, 30) / 10m },
            new() { Name = "each", Scope = BudgetScope.Provider, MaxUsd = random.Next(1, 30) / 10m },
        ];
        options.Rules = random.Next(2) == 0 ? [] : [new() { Name = "urgent", When = new() { MinPriority = 60 }, Then = new() { Provider = names[0] } }];
        options.Experiments = random.Next(2) == 0 ? [] :
            [new() { Name = "trial", Arms = [new() { Name = "new", Share = 0.3, Then = new() { Provider = names[^1] } }] }];
        foreach (var name in names)
        {
            options.Providers[name] = new() { SuccessRate = random.NextDouble(), Weight = random.Next(1, 5), Tier = random.Next(3), Enabled = random.Next(10) > 0 };
        }
    }

    private static AgentTask Task(Random random, int number) => NewTask((AgentTaskType)random.Next(1, 5)) with
    {
        Id = $"task-{number}",
        Instructions = new string('i', random.Next(1, 6_000)),
        Source = random.Next(2) == 0 ? new LocalSource { Path = "/r" } : new GitHubSource { Owner = "o", Repository = $"r{random.Next(4)}", Branch = "main" },
        Requires = random.Next(2) == 0 ? ["edit"] : [],
        PreferredTags = random.Next(2) == 0 ? ["fast"] : [],
        DataResidency = random.Next(5) == 0 ? ["eu"] : [],
        CostProfile = (CostProfile)random.Next(0, 4),
        Priority = random.Next(-100, 101),
        SessionKey = random.Next(3) == 0 ? $"s{random.Next(5)}" : null,
        MaxCostUsd = random.Next(4) == 0 ? random.Next(0, 100) / 100m : null,
        Provider = random.Next(10) == 0 ? "p0" : null,
        VerifyCommand = CommandLine.Parse("make test"),
    };

    private static RoutingConstraints? Constraints(Random random) => random.Next(2) == 0 ? null : new RoutingConstraints
    {
        AlreadyTried = random.Next(2) == 0 ? ["p1"] : [],
        EstimatedTokens = random.Next(2) == 0 ? random.Next(0, 150_000) : null,
        RemainingUsd = random.Next(3) == 0 ? random.Next(0, 200) / 100m : null,
    };
}
