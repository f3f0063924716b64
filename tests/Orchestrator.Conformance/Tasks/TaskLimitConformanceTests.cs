using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>The limits that an <see cref="ITaskStore"/> never exceeds.</summary>
public abstract class TaskLimitConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task A_queue_runs_no_more_slots_than_it_may()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunning = 3 });
        await AddAsync(New("t1"), New("t2") with { Slots = 2 }, New("t3"), New("t4", "g"), New("t5") with { Queue = "elsewhere" });

        var first = await LeaseAsync(Ask(9));
        Assert.Empty(await LeaseAsync(Ask(9)));
        Assert.Single(await LeaseAsync(Ask(9) with { Queue = "elsewhere" }));
        await EndAsync(TaskOutcome.Completed(first[1].Token));

        Assert.Equal(["t1", "t2"], first.Select(lease => lease.Task.Id));
        Assert.Equal(["t3", "t4"], await LeaseIdsAsync(Ask(9)));
    }

    [Fact]
    public async Task A_task_that_does_not_fit_is_not_overtaken_by_those_behind_it()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunning = 4 });
        await AddAsync(New("t1") with { Slots = 3 }, New("t2") with { Slots = 2 }, New("t3"));

        var first = await LeaseAsync(Ask(9));
        Assert.Empty(await LeaseAsync(Ask(9)));
        await EndAsync(TaskOutcome.Completed(Assert.Single(first).Token));

        Assert.Equal(["t2", "t3"], await LeaseIdsAsync(Ask(9)));
    }

    [Fact]
    public async Task A_worker_gets_no_more_slots_than_it_has()
    {
        await AddAsync(New("t1") with { Slots = 2 }, New("t2") with { Slots = 2 }, New("t3"));

        Assert.Equal(["t1"], await LeaseIdsAsync(Ask(9) with { Slots = 3 }));
        Assert.Empty(await LeaseAsync(Ask(9) with { Slots = 1 }));
        Assert.Empty(await LeaseAsync(Ask(1) with { Slots = 1, TaskId = "t2" }));
        Assert.Equal(["t2", "t3"], await LeaseIdsAsync(Ask(9) with { Slots = 3 }));
    }

    [Fact]
    public async Task A_group_runs_no_more_slots_than_its_queue_allows_each_or_its_own_settings_say()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunningPerGroup = 1 });
        await SetAsync(new GroupSettings { Queue = "default", Group = "wide", MaxRunning = 3 });
        await AddAsync(New("n1", "narrow"), New("n2", "narrow"), New("w1", "wide"), New("w2", "wide") with { Slots = 2 }, New("w3", "wide"), New("free"));

        var first = (await LeaseAsync(Ask(9))).ToDictionary(lease => lease.Task.Id, lease => lease.Token);
        Assert.Equal(["free", "n1", "w1", "w2"], first.Keys.Order());
        Assert.Empty(await LeaseAsync(Ask(9)));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "n2" }));
        await EndAsync(TaskOutcome.Failed(first["n1"], Transient));

        Assert.Equal(["n2"], await LeaseIdsAsync(Ask(9)));
        await EndAsync(TaskOutcome.Released(first["w1"]));
        Assert.Equal(["w1"], await LeaseIdsAsync(Ask(9)));
    }

    [Fact]
    public async Task What_a_dead_worker_held_counts_no_longer()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunning = 2, MaxRunningPerGroup = 1 });
        await AddAsync(New("t1", "g"), New("t2"));
        Assert.Equal(2, (await LeaseAsync(Ask(9))).Count);

        await Store.ReclaimAsync(Worker.Id, Now, Cancel);

        Assert.Equal(2, (await LeaseAsync(Ask(9))).Count);
    }

    [Fact]
    public async Task One_task_that_is_asked_for_counts_towards_the_limits()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunningPerGroup = 1, RatePerGroup = new RateLimit(1, Minute) });
        await AddAsync(New("t1", "g"), New("t2", "g"));

        Assert.Single(await LeaseAsync(Ask() with { TaskId = "t2" }));
        Assert.Empty(await LeaseAsync(Ask(9)));
        await Store.ReclaimAsync(Worker.Id, Now, Cancel);
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t2" }));
        Assert.Single(await LeaseAsync(Ask(9), Now + Minute));
    }

    [Fact]
    public async Task A_group_starts_no_more_tasks_than_its_bucket_gives()
    {
        await SetAsync(new QueueSettings { Queue = "default", RatePerGroup = new RateLimit(2, Minute) });
        await SetAsync(new GroupSettings { Queue = "default", Group = "b", Rate = new RateLimit(6, Minute, Burst: 1) });
        await AddAsync([.. Enumerable.Range(0, 9).SelectMany(i => new[] { New($"a{i}", "a"), New($"b{i}", "b") })]);

        Assert.Equal(["a", "a", "b"], await StartedAsync(Now));
        Assert.Empty(await StartedAsync(Now + (10 * Second) - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["b"], await StartedAsync(Now + (10 * Second)));
        Assert.Equal(["a", "b"], await StartedAsync(Now + (30 * Second)));
        Assert.Equal(["a", "a", "b"], await StartedAsync(Now + (60 * Minute)));
    }

    [Fact]
    public async Task The_next_due_time_is_when_a_group_may_start_a_task_again()
    {
        await SetAsync(new QueueSettings { Queue = "default", RatePerGroup = new RateLimit(6, Minute, Burst: 1) });
        await SetAsync(new GroupSettings { Queue = "default", Group = "b", Rate = new RateLimit(1, Minute) });
        await AddAsync(New("a1", "a"), New("a2", "a"), New("b1", "b"), New("b2", "b"), New("later") with { Delay = Minute });
        Assert.Equal(2, (await LeaseAsync(Ask(9))).Count);

        var first = await Store.GetNextDueAsync("default", Now, Cancel);
        Assert.InRange(first!.Value, Now + (10 * Second), Now + (10 * Second) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(["a2"], await LeaseIdsAsync(Ask(9), first.Value));
        Assert.Equal(Now + Minute, await Store.GetNextDueAsync("default", first.Value + (20 * Second), Cancel));
    }

    [Fact]
    public async Task A_clock_that_goes_back_gives_no_starts_away()
    {
        await SetAsync(new QueueSettings { Queue = "default", RatePerGroup = new RateLimit(1, Minute) });
        await AddAsync([.. Enumerable.Range(0, 9).Select(i => New($"a{i}", "a"))]);

        Assert.Single(await StartedAsync(Now + (10 * Minute)));
        Assert.Empty(await StartedAsync(Now + Minute));
        Assert.Empty(await StartedAsync(Now + (10 * Minute) + (59 * Second)));
        Assert.Single(await StartedAsync(Now + (11 * Minute)));
    }

    [Fact]
    public async Task A_group_without_a_token_holds_nobody_up()
    {
        await SetAsync(new GroupSettings { Queue = "default", Group = "a", Rate = new RateLimit(1, Minute) });
        await AddAsync(New("a1", "a"), New("a2", "a"), New("b1", "b"), New("b2", "b"), New("plain"));

        Assert.Equal(["a1", "b1", "b2", "plain"], (await LeaseIdsAsync(Ask(9))).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Ten_workers_at_once_never_overshoot_a_groups_limit(int limit)
    {
        await SetAsync(new GroupSettings { Queue = "default", Group = "g", MaxRunning = limit });
        var stores = Enumerable.Range(0, 10).Select(_ => OpenStore()).ToList();
        foreach (var round in Enumerable.Range(0, 15))
        {
            await AddAsync([.. Enumerable.Range(0, 20).Select(i => New($"t{round}-{i}", "g"))]);
            var leases = (await Task.WhenAll(stores.Select(store => Task.Run(async () => await store.LeaseAsync(Ask(3), Now, Cancel), Cancel)))).SelectMany(list => list).ToList();

            Assert.Equal(limit, leases.Count);
            Assert.Equal(limit, (await Operations.GetStatisticsAsync("default", Cancel)).Running);
            await Store.EndAsync(leases.Select(lease => TaskOutcome.Completed(lease.Token)).ToValueList(), null, Now, Cancel);
        }
    }

    [Fact]
    public async Task Ten_workers_that_end_and_take_at_once_never_overshoot_a_queues_limit()
    {
        await SetAsync(new QueueSettings { Queue = "default", MaxRunning = 2 });
        await AddAsync([.. Enumerable.Range(0, 100).Select(i => New($"t{i}"))]);
        var running = 0;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(
            async () =>
            {
                var store = OpenStore();
                for (var empty = 0; empty < 20;)
                {
                    var leases = await store.LeaseAsync(Ask(3), Now, Cancel);
                    Assert.InRange(Interlocked.Add(ref running, leases.Count), 0, 2);
                    Interlocked.Add(ref running, -leases.Count);
                    await store.EndAsync(leases.Select(lease => TaskOutcome.Completed(lease.Token)).ToValueList(), null, Now, Cancel);
                    empty = leases.Count == 0 ? empty + 1 : 0;
                }
            },
            Cancel)));

        Assert.InRange((await Operations.GetStatisticsAsync("default", Cancel)).Completed, 1, 100);
        Assert.Equal(0, (await Operations.GetStatisticsAsync("default", Cancel)).Running);
    }

    private async Task<IEnumerable<string>> StartedAsync(DateTimeOffset now)
    {
        var leases = await LeaseAsync(Ask(9), now);
        await Store.EndAsync(leases.Select(lease => TaskOutcome.Completed(lease.Token)).ToValueList(), null, now, Cancel);
        return leases.Select(lease => lease.Task.Group!).Order();
    }
}
