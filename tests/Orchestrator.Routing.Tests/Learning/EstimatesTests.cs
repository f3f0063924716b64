using Orchestrator.Tasks;

namespace Orchestrator.Routing.Tests.Learning;

public sealed class EstimatesTests
{
    [Fact]
    public void Without_evidence_the_configured_expectations_count()
    {
        var estimates = LearningRig.Registry(options => options.Providers["a"] = new() { SuccessRate = 0.9, TypicalDuration = TimeSpan.FromSeconds(60) }).Estimates;

        Assert.Equal(0.9, estimates.Cell().Mean(), 6);
        Assert.Equal(Math.Sqrt(0.9 * 0.1 / 11), estimates.Cell().Deviation(), 6);
        Assert.Equal(60, estimates.Cell().Seconds(), 3);
        Assert.Equal(-1, estimates.Cell().Usd());
        Assert.Equal(0.7, estimates.Cell(candidate: 1).Mean(), 6);
    }

    [Fact]
    public void A_prior_weighs_as_much_as_its_mass_in_tasks()
    {
        var estimates = LearningRig.New(learning => learning.Discount = 1);

        estimates.Add(10, succeeded: false);

        Assert.Equal(0.35, estimates.Cell().Mean(), 6);
        Assert.Equal(Math.Sqrt(0.35 * 0.65 / 21), estimates.Cell().Deviation(), 6);
    }

    [Fact]
    public void What_is_seen_of_one_complexity_is_the_prior_of_the_others_and_counts_once()
    {
        var estimates = LearningRig.New(learning => learning.Discount = 1);

        estimates.Add(10, succeeded: false, TaskComplexity.Complex);
        estimates.Add(10, succeeded: true, TaskComplexity.Simple);

        Assert.Equal(((0.35 * 10) + 10) / 20, estimates.Cell(TaskComplexity.Simple).Mean(), 6);
        Assert.Equal(0.85 * 10 / 20, estimates.Cell(TaskComplexity.Complex).Mean(), 6);
        Assert.Equal((7.0 + 10) / 30, estimates.Cell(TaskComplexity.Moderate).Mean(), 6);
        Assert.Equal((7.0 + 10) / 30, estimates.Cell(TaskComplexity.Unknown).Mean(), 6);
    }

    [Fact]
    public void Other_types_of_task_and_other_providers_learn_nothing()
    {
        var estimates = LearningRig.New();

        estimates.Add(20, succeeded: false);

        Assert.Equal(0.7, estimates.Cell(type: AgentTaskType.Generate).Mean(), 6);
        Assert.Equal(0.7, estimates.Cell(candidate: 1).Mean(), 6);
    }

    [Fact]
    public void Old_evidence_fades_so_that_two_hundred_tasks_are_remembered()
    {
        var estimates = LearningRig.New();

        estimates.Add(5_000, succeeded: true);
        var before = estimates.Cell().Mean();
        estimates.Add(200, succeeded: false);

        Assert.Equal(207.0 / 210, before, 3);
        Assert.InRange(estimates.Cell().Mean(), 0.35, 0.42);
    }

    [Fact]
    public void Nothing_is_ever_certain()
    {
        var estimates = LearningRig.Registry(options => options.Providers["a"] = new() { SuccessRate = 1 }).Estimates;

        estimates.Add(100_000, succeeded: true);

        Assert.Equal(1, estimates.Cell().Mean(), 6);
        Assert.InRange(estimates.Cell().Deviation(), 0.009, 0.011);
    }

    [Fact]
    public void A_type_that_is_not_known_teaches_nothing()
    {
        var estimates = LearningRig.New();

        estimates.Add(0, AgentTaskType.Unknown, TaskComplexity.Simple, succeeded: false);
        estimates.Add(0, (AgentTaskType)99, TaskComplexity.Simple, succeeded: false);
        estimates.AddEffort(0, (AgentTaskType)99, TaskComplexity.Simple, TimeSpan.FromHours(1), 5);

        Assert.Equal(0, estimates.Changes);
        Assert.All(estimates.Cells, cell => Assert.Equal(0.7, cell.Mean(), 6));
    }

    [Fact]
    public void Frozen_learning_keeps_what_is_known_and_adds_nothing()
    {
        var registry = LearningRig.Registry();
        registry.Estimates.Add(50, succeeded: false);
        var before = registry.Estimates.Cell();

        registry.Update(new ProviderRoutingOptions { Learning = { Frozen = true } });
        registry.Estimates.Add(50, succeeded: true);
        registry.Estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.FromSeconds(5), 1);

        Assert.Equal(before, registry.Estimates.Cell());
    }

    [Fact]
    public void New_settings_change_the_priors_and_keep_the_evidence()
    {
        var registry = LearningRig.Registry(options => options.Learning.Discount = 1);
        registry.Estimates.Add(10, succeeded: true);

        registry.Update(new ProviderRoutingOptions { Learning = { Discount = 1, PriorMass = 30 }, Providers = { ["a"] = new() { SuccessRate = 0.2 } } });

        Assert.Equal(16.0 / 40, registry.Estimates.Cell().Mean(), 6);
    }

    [Fact]
    public void Durations_move_from_the_typical_one_to_those_that_were_seen()
    {
        var estimates = LearningRig.New();

        for (var i = 0; i < 2_000; i++)
        {
            estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.FromSeconds(30), 0);
        }

        Assert.InRange(estimates.Cell().Seconds(), 30, 36);
        Assert.InRange(estimates.Cell(TaskComplexity.Complex).Seconds(), 30, 36);
        Assert.Equal(-1, estimates.Cell().Usd());
    }

    [Fact]
    public void A_price_is_learned_from_five_tasks_on()
    {
        var estimates = LearningRig.New();

        for (var i = 1; i <= 4; i++)
        {
            estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.Zero, 2);
        }

        var early = estimates.Cell().Usd();
        estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.Zero, 2);

        Assert.Equal(-1, early);
        Assert.Equal(2, estimates.Cell().Usd(), 5);
        Assert.Equal(2, estimates.Cell(TaskComplexity.Complex).Usd(), 5);
    }

    [Fact]
    public void The_own_price_outweighs_that_of_other_complexities()
    {
        var estimates = LearningRig.New();

        for (var i = 0; i < 100; i++)
        {
            estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Complex, TimeSpan.Zero, 9);
            estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.Zero, 1);
        }

        Assert.InRange(estimates.Cell(TaskComplexity.Simple).Usd(), 1.5, 2.5);
        Assert.InRange(estimates.Cell(TaskComplexity.Complex).Usd(), 7.5, 8.5);
    }

    [Fact]
    public void A_hedge_waits_for_the_mean_and_two_deviations()
    {
        var estimates = LearningRig.New();
        var unknown = estimates.HedgeDelay(0, AgentTaskType.Fix, TaskComplexity.Simple);

        for (var i = 0; i < 2_000; i++)
        {
            estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.FromSeconds(i % 2 == 0 ? 20 : 40), 0);
        }

        Assert.Equal(300 * Math.E, unknown.TotalSeconds, 1);
        Assert.InRange(estimates.HedgeDelay(0, AgentTaskType.Fix, TaskComplexity.Simple).TotalSeconds, 55, 85);
    }

    [Fact]
    public void Outcomes_of_many_threads_are_all_counted()
    {
        var estimates = LearningRig.New(learning => learning.Discount = 1);

        Parallel.For(0, 8_000, i => estimates.Add(0, AgentTaskType.Fix, (TaskComplexity)(1 + (i % 3)), i % 2 == 0));

        Assert.Equal((7.0 + 4_000) / 8_010, estimates.Cell(TaskComplexity.Unknown).Mean(), 6);
        Assert.Equal(8_000, estimates.Changes);
    }

    [Fact]
    public void Learning_allocates_nothing()
    {
        var estimates = LearningRig.New();
        estimates.Add(100, succeeded: true);
        estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.FromSeconds(9), 1);

        var start = GC.GetAllocatedBytesForCurrentThread();
        estimates.Add(1_000, succeeded: false);
        estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.FromSeconds(9), 1);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - start);
    }
}
