using Orchestrator.Routing.Learning;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Learning;

/// <summary>Several processes that learn and share one store.</summary>
public sealed class SharedEstimatesTests
{
    private readonly Dictionary<string, RoutingStateEntry> _store = new(StringComparer.Ordinal);

    [Fact]
    public void What_two_processes_learned_at_the_same_time_is_added_up()
    {
        var (first, second) = (new Process(_store), new Process(_store));
        first.Learn(successes: 10, failures: 0);
        second.Learn(successes: 0, failures: 6);

        first.Sync();
        second.Sync();
        first.Sync();

        AssertSame(first.Evidence, second.Evidence);
        Assert.InRange(first.Evidence.Trials, 15, 16);
        Assert.InRange(first.Evidence.Successes, 9, 10);
        Assert.InRange(first.Evidence.LogSeconds.Weight, 15, 16);
        AssertSame(first.Evidence, new Process(_store).Sync().Evidence);
    }

    [Fact]
    public void Nothing_counts_twice_however_often_processes_look_and_save()
    {
        var processes = Enumerable.Range(0, 3).Select(_ => new Process(_store)).ToList();
        processes[0].Learn(successes: 5, failures: 5);
        for (var i = 0; i < 60; i++)
        {
            processes[i % 3].Sync();
        }

        Assert.All(processes, process => AssertSame(processes[0].Evidence, process.Evidence));
        Assert.Equal(new Process([]).Learn(successes: 5, failures: 5).Evidence.Trials, processes[2].Evidence.Trials, 9);
    }

    [Fact]
    public void A_process_that_saves_without_having_looked_takes_nothing_away_for_long()
    {
        var (first, second) = (new Process(_store).Sync(), new Process(_store).Sync());
        first.Learn(successes: 8, failures: 0).Sync().Sync();
        second.Learn(successes: 0, failures: 8).Save();

        first.Sync();
        second.Sync();

        AssertSame(first.Evidence, second.Evidence);
        Assert.InRange(second.Evidence.Trials, 15, 16);
        Assert.InRange(second.Evidence.Successes, 7, 8);
    }

    [Fact]
    public void A_save_that_is_lost_is_made_up_for_by_the_next()
    {
        var (first, second) = (new Process(_store), new Process(_store));
        first.Learn(successes: 8, failures: 0).Look();
        first.Save(isLost: true);
        second.Learn(successes: 0, failures: 8).Sync();

        first.Sync();
        second.Sync();

        AssertSame(first.Evidence, second.Evidence);
        Assert.InRange(second.Evidence.Trials, 15, 16);
    }

    [Fact]
    public void A_reset_reaches_the_store_and_the_others_and_nothing_of_before_comes_back()
    {
        var (first, second) = (new Process(_store), new Process(_store));
        first.Learn(successes: 8, failures: 0).Sync();
        second.Learn(successes: 8, failures: 0).Sync();
        first.Sync();

        new ProviderLearning(first.Registry).Reset("a");
        first.Sync();
        second.Sync();
        first.Sync();

        Assert.True(first.Evidence.IsEmpty);
        Assert.True(second.Evidence.IsEmpty);
        Assert.True(new Process(_store).Sync().Evidence.IsEmpty);
    }

    [Fact]
    public void A_single_process_reads_back_what_it_saved_to_the_bit_and_saves_nothing_without_news()
    {
        var process = new Process(_store).Learn(successes: 7, failures: 3).Sync();
        var saved = _store["a"].Value;

        process.Sync().Sync();

        Assert.Equal(saved, _store["a"].Value);
        Assert.Equal(process.Registry.Estimates.Cells, new Process(_store).Sync().Registry.Estimates.Cells);
    }

    [Fact]
    public void A_process_that_others_pushed_out_of_the_list_of_writers_does_not_add_its_own_again()
    {
        var process = new Process(_store).Learn(successes: 8, failures: 0).Sync().Sync();
        for (var i = 0; i < 70; i++)
        {
            new Process(_store).Look().Learn(successes: 1, failures: 0).Save();
        }

        var before = new Process(_store).Sync().Evidence;
        process.Sync();

        AssertSame(before, process.Evidence);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.995)]
    [InlineData(0.5)]
    public void Evidence_that_is_put_together_of_parts_is_what_it_would_be_in_one_go(double discount)
    {
        var random = SeededRandom.Create(3);
        CellEvidence whole = default, early = default, late = default;
        for (var i = 0; i < 300; i++)
        {
            var (succeeded, isOwn, seconds, usd) = (random.Next(3) > 0, random.Next(3) > 0, random.NextDouble() * 9, random.NextDouble());
            Add(ref whole, succeeded, isOwn, seconds, usd, discount);
            Add(ref i < 200 ? ref early : ref late, succeeded, isOwn, seconds, usd, discount);
        }

        AssertSame(whole, early.Then(late, discount));
        AssertSame(whole, default(CellEvidence).Then(whole, discount));
        Assert.Equal(whole, whole.Then(default, discount));
    }

    private static void Add(ref CellEvidence cell, bool succeeded, bool isOwn, double seconds, double usd, double discount)
    {
        cell.AddOutcome(succeeded, isOwn, discount);
        cell.AddSeconds(seconds, isOwn, discount);
        cell.AddUsd(usd, isOwn, discount);
    }

    private static void AssertSame(in CellEvidence expected, in CellEvidence actual)
    {
        Assert.Equal(Numbers(expected), Numbers(actual), (left, right) => Math.Abs(left - right) < 1e-9 * Math.Max(1, Math.Abs(left)));

        static double[] Numbers(in CellEvidence cell) =>
        [
            cell.Successes, cell.Trials, cell.OtherSuccesses, cell.OtherTrials,
            cell.LogSeconds.Weight, cell.LogSeconds.Mean, cell.LogSeconds.Squares, cell.OtherLogSeconds.Weight, cell.OtherLogSeconds.Mean, cell.OtherLogSeconds.Squares,
            cell.Usd.Weight, cell.Usd.Mean, cell.Usd.Squares, cell.OtherUsd.Weight, cell.OtherUsd.Mean, cell.OtherUsd.Squares,
        ];
    }

    private sealed class Process(Dictionary<string, RoutingStateEntry> store)
    {
        private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
        private EstimateStateSource? _source;

        public ProviderRegistry Registry { get; } = LearningRig.Registry();

        public CellEvidence Evidence => Registry.Estimates.Read(0)[Routing.Learning.Estimates.CellOf(AgentTaskType.Fix, TaskComplexity.Simple)];

        private EstimateStateSource Source => _source ??= new EstimateStateSource(Registry);

        public Process Learn(int successes, int failures)
        {
            for (var i = 0; i < successes + failures; i++)
            {
                Registry.Estimates.Add(0, AgentTaskType.Fix, TaskComplexity.Simple, i < successes);
                Registry.Estimates.AddEffort(0, AgentTaskType.Fix, TaskComplexity.Simple, TimeSpan.FromSeconds(10 + i), 0.5m);
            }

            return this;
        }

        public Process Look()
        {
            Assert.Empty(Source.Import([.. store.Values], Now));
            return this;
        }

        public Process Save(bool isLost = false)
        {
            foreach (var entry in Source.Export(Now))
            {
                if (!isLost)
                {
                    store[entry.Key] = entry;
                }
            }

            return this;
        }

        public Process Sync() => Look().Save();
    }
}
