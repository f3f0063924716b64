using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>Which tasks an <see cref="ITaskStore"/> leases, and in which order.</summary>
public abstract class TaskLeasingConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task Tasks_are_leased_by_priority_then_time_then_order()
    {
        await AddAsync(
            New("late") with { AvailableAt = Now + TimeSpan.FromMilliseconds(2) },
            New("zz-first"),
            New("aa-second"),
            New("urgent") with { Priority = 5 },
            New("idle") with { Priority = -5 });

        Assert.Equal(["urgent", "zz-first", "aa-second", "late", "idle"], await LeaseIdsAsync(Ask(10), Now + Minute));
    }

    [Fact]
    public async Task Each_minute_of_waiting_counts_as_much_as_a_step_of_priority()
    {
        await AddAsync(New("old"));
        await AddAsync(Now + (3 * Minute) - TimeSpan.FromMilliseconds(1), New("sooner") with { Priority = 3 });
        await AddAsync(Now + (3 * Minute) + TimeSpan.FromMilliseconds(1), New("later") with { Priority = 3 });

        Assert.Equal(["sooner", "old", "later"], await LeaseIdsAsync(Ask(3), Now + (4 * Minute)));
    }

    [Fact]
    public async Task A_queue_has_its_own_ageing_for_tasks_that_are_added_from_then_on()
    {
        await AddAsync(New("before") with { Priority = 1, AvailableAt = Now + (10 * Minute) });
        await SetAsync(new QueueSettings { Queue = "default", Ageing = 10 * Minute });
        await AddAsync(New("after") with { Priority = 1, AvailableAt = Now + (18 * Minute) }, New("plain") with { AvailableAt = Now + (8 * Minute) + Second });

        Assert.Equal(["after", "plain", "before"], await LeaseIdsAsync(Ask(3), Now + (20 * Minute)));
    }

    [Fact]
    public async Task A_lease_tells_who_holds_the_task_and_until_when()
    {
        await AddAsync(New("t1"));

        var lease = await LeaseOneAsync();

        Assert.Equal(Now + Minute, lease.ExpiresAt);
        Assert.Equal(new LeaseToken("t1", 1), lease.Token);
        Assert.Equal(
            (QueuedTaskState.Running, 1, "first", "pod-1", Now), (lease.Task.State, lease.Task.Attempt, lease.Task.WorkerName, lease.Task.ContainerName, lease.Task.StartedAt));
        Assert.Equal(lease.Task, await GetAsync("t1"));
        Assert.Empty(await LeaseAsync(Ask() with { Worker = OtherWorker }));
    }

    [Fact]
    public async Task Only_as_many_tasks_as_asked_for_are_leased_and_only_of_the_queue_and_types_asked_for()
    {
        await AddAsync(New("t1"), New("t2"), New("t3") with { Type = "other" }, New("t4") with { Queue = "elsewhere" });

        var typed = await LeaseIdsAsync(Ask(9) with { Types = ["other", "none"] });
        var one = await LeaseIdsAsync(Ask(1));
        var rest = await LeaseIdsAsync(Ask(9));

        Assert.Equal(["t3"], typed);
        Assert.Equal(["t1"], one);
        Assert.Equal(["t2"], rest);
    }

    [Fact]
    public async Task A_type_is_only_a_whole_name()
    {
        await AddAsync(New("t1") with { Type = "b" });

        Assert.Empty(await LeaseAsync(Ask() with { Types = ["a,b,c", "bb", ",b,", "%", "'"] }));
    }

    [Fact]
    public async Task One_task_can_be_asked_for_by_its_id()
    {
        await AddAsync(New("urgent") with { Priority = 9 }, New("t1"), New("later") with { AvailableAt = Now + Minute }, New("elsewhere") with { Queue = "elsewhere" });

        var mine = await LeaseIdsAsync(Ask(9) with { TaskId = "t1" });
        var again = await LeaseAsync(Ask() with { TaskId = "t1" });
        var early = await LeaseAsync(Ask() with { TaskId = "later" });
        var wrong = await LeaseAsync(Ask() with { TaskId = "elsewhere" });
        var due = await LeaseIdsAsync(Ask() with { TaskId = "later" }, Now + Minute);

        Assert.Equal(["t1"], mine);
        Assert.Empty(again);
        Assert.Empty(early);
        Assert.Empty(wrong);
        Assert.Equal(["later"], due);
    }

    [Fact]
    public async Task A_scheduled_task_runs_when_its_time_has_come_and_not_before()
    {
        await AddAsync(New("t1") with { AvailableAt = Now + Minute }, New("t2") with { Delay = 2 * Minute });

        Assert.Empty(await LeaseAsync(Ask(9), Now + Minute - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["t1"], await LeaseIdsAsync(Ask(9), Now + Minute));
        Assert.Equal(["t2"], await LeaseIdsAsync(Ask(9), Now + (2 * Minute)));
    }

    [Fact]
    public async Task Thousands_of_tasks_that_become_due_at_once_are_all_leased()
    {
        await Store.AddAsync(Enumerable.Range(0, 2500).Select(i => New($"t{i}") with { Delay = Minute }).ToValueList(), Now, Cancel);

        var ids = new List<string>();
        while (await LeaseAsync(Ask(1000), Now + Minute) is { Count: > 0 } leases)
        {
            ids.AddRange(leases.Select(lease => lease.Task.Id));
        }

        Assert.Equal(2500, ids.Distinct().Count());
    }

    [Fact]
    public async Task The_next_due_time_is_that_of_the_earliest_task_that_waits_for_its_time()
    {
        Assert.Null(await Store.GetNextDueAsync("default", Now - Minute, Cancel));
        await AddAsync(New("t1") with { MaxAttempts = 2 }, New("t2") with { AvailableAt = Now + (3 * Minute) }, New("t3") with { AvailableAt = Now + Second, Queue = "elsewhere" });

        var scheduled = await Store.GetNextDueAsync("default", Now - Minute, Cancel);
        await EndAsync(TaskOutcome.Failed((await LeaseOneAsync()).Token, Transient, Minute));

        Assert.Equal(Now + (3 * Minute), scheduled);
        Assert.Equal(Now + Minute, await Store.GetNextDueAsync("default", Now - Minute, Cancel));
        Assert.Equal(Now + (3 * Minute), await Store.GetNextDueAsync("default", Now + Minute, Cancel));
        Assert.Null(await Store.GetNextDueAsync("default", Now + (3 * Minute), Cancel));
    }

    [Fact]
    public async Task A_task_whose_deadline_has_come_is_never_leased()
    {
        await AddAsync(New("t1") with { Deadline = Now + Minute }, New("t2") with { Deadline = Now + Minute, Group = "g" }, New("t3") with { Deadline = Now + Minute, Delay = Second });

        Assert.Empty(await LeaseAsync(Ask(9), Now + Minute));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t1" }, Now + Minute));
        Assert.Equal(3, (await LeaseAsync(Ask(9), Now + Minute - TimeSpan.FromMilliseconds(1))).Count);
    }

    [Fact]
    public async Task Nothing_is_leased_from_a_paused_queue_until_it_goes_on()
    {
        await AddAsync(New("t1"), New("t2", "g"), New("t3") with { Queue = "elsewhere" });
        await Operations.PauseAsync("default", isPaused: true, Now, Cancel);

        Assert.Empty(await LeaseAsync(Ask(9)));
        Assert.Empty(await LeaseAsync(Ask() with { TaskId = "t1" }));
        Assert.Single(await LeaseAsync(Ask(9) with { Queue = "elsewhere" }));
        await Operations.PauseAsync("default", isPaused: false, Now, Cancel);
        Assert.Equal(2, (await LeaseAsync(Ask(9))).Count);
    }

    [Fact]
    public async Task Eight_workers_on_instances_of_their_own_never_lease_a_task_twice()
    {
        await Store.AddAsync(Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? New($"t{i}", $"g{i % 4}") : New($"t{i}")).ToValueList(), Now, Cancel);

        var leased = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => DrainAsync(OpenStore(), i), Cancel)));

        var ids = leased.SelectMany(tasks => tasks).ToList();
        Assert.Equal(200, ids.Count);
        Assert.Equal(200, ids.Distinct().Count());
        Assert.Equal(200, (await Operations.GetStatisticsAsync(null, Cancel)).Completed);
    }

    private static async Task<List<string>> DrainAsync(ITaskStore store, int number)
    {
        var worker = new WorkerIdentity { Id = $"worker-{number}", WorkerName = $"worker-{number}" };
        var ids = new List<string>();
        while (await store.LeaseAsync(new LeaseRequest { Worker = worker, Count = 3 }, Now, Cancel) is { Count: > 0 } leases)
        {
            ids.AddRange(leases.Select(lease => lease.Task.Id));
            var exchange = await store.EndAsync(leases.Select(lease => TaskOutcome.Completed(lease.Token)).ToValueList(), null, Now, Cancel);
            Assert.All(exchange.Ended, status => Assert.Equal(LeaseStatus.Held, status));
        }

        return ids;
    }
}
