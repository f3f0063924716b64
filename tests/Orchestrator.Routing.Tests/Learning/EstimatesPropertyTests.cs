using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Learning;

public sealed class EstimatesPropertyTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20260101, 7);

    [Fact]
    public void Whatever_happens_every_cell_is_a_belief_that_can_be_held() => Check((registry, random) =>
    {
        Live(registry, random, 300);

        Assert.All(registry.Estimates.Cells, cell =>
        {
            Assert.InRange(cell.Mean(), 0, 1);
            Assert.InRange(cell.Deviation(), 0.0001, 0.5);
            Assert.InRange(cell.Seconds(), 0.0005, 40 * 24 * 3600);
            Assert.True(cell.Usd() is -1 or > 0);
        });
    });

    [Fact]
    public void A_success_never_lowers_a_belief_and_a_failure_never_raises_one() => Check((registry, random) =>
    {
        Live(registry, random, 100);
        var before = registry.Estimates.Cells.ToArray();
        var succeeded = random.Next(2) == 0;

        registry.Estimates.Add(0, AgentTaskType.Fix, (TaskComplexity)random.Next(4), succeeded);

        for (var i = 0; i < before.Length; i++)
        {
            var change = registry.Estimates.Cells[i].Mean() - before[i].Mean();
            Assert.True(succeeded ? change >= -1e-6 : change <= 1e-6, $"Cell {i} moved by {change}.");
        }
    });

    private static void Live(ProviderRegistry registry, Random random, int events)
    {
        for (var i = 0; i < events; i++)
        {
            var (candidate, type, complexity) = (random.Next(2), (AgentTaskType)random.Next(0, 6), (TaskComplexity)random.Next(0, 5));
            registry.Estimates.Add(candidate, type, complexity, random.Next(3) > 0);
            registry.Estimates.AddEffort(candidate, type, complexity, TimeSpan.FromSeconds(Math.Pow(10, random.Next(-5, 9))), random.Next(0, 1000) / 100m);
        }
    }

    // Nothing fades here: with a discount, old evidence weighs less with each outcome, and a belief may move towards its prior against that outcome.
    private static void Check(Action<ProviderRegistry, Random> property) => Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
    {
        var random = SeededRandom.Create(seed);
        property(
            LearningRig.Registry(options =>
            {
                options.Learning.PriorMass = random.Next(1, 100);
                options.Learning.Discount = 1;
                options.Providers["a"] = new() { SuccessRate = random.NextDouble() };
            }),
            random);
    }).Check(Repeatable);
}
