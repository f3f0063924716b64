using System.Collections.Concurrent;
using Orchestrator.Routing.Selection;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.Selection;

public sealed class DecisionIdsTests
{
    [Fact]
    public void Ids_are_uuids_of_version_7_with_the_time_of_the_decision()
    {
        var now = ManualTimeProvider.DefaultStart.AddMilliseconds(123);
        var ids = new DecisionIds();

        var made = Enumerable.Range(0, 1_000).Select(_ => Next(ids, now)).ToList();

        var time = Guid.CreateVersion7(now).ToString()[..13];
        Assert.All(made, id => Assert.Equal((7, time), (id.Version, id.ToString()[..13])));
        Assert.All(made, id => Assert.InRange(id.Variant, 8, 11));
    }

    [Fact]
    public void Ids_sort_by_time()
    {
        var ids = new DecisionIds();

        var made = Enumerable.Range(0, 1_000).Select(i => Next(ids, ManualTimeProvider.DefaultStart.AddMilliseconds(i * 997))).ToList();

        Assert.Equal(made.OrderBy(id => id.ToString(), StringComparer.Ordinal), made);
    }

    [Fact]
    public void No_two_ids_are_equal_also_from_many_threads_and_several_routers()
    {
        var (first, second) = (new DecisionIds(), new DecisionIds());
        var seen = new ConcurrentDictionary<Guid, bool>();

        Parallel.For(0, 100_000, i => Assert.True(seen.TryAdd(Next(i % 2 == 0 ? first : second, ManualTimeProvider.DefaultStart), true)));
    }

    [Fact]
    public void A_thread_counts_from_zero_and_can_look_at_its_next_number()
    {
        var ids = new DecisionIds();

        Assert.Equal((0, 0, 1, 2), (ids.Peek(), ids.Next(), ids.Next(), ids.Peek()));
    }

    private static Guid Next(DecisionIds ids, DateTimeOffset now) => ids.ToId(ids.Next(), now);
}
