using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>Deduplication keys of an <see cref="ITaskStore"/>.</summary>
public abstract class TaskDeduplicationConformanceTests : TaskStoreScenario
{
    private static TaskSubmission Keyed(string id) => New(id) with { DeduplicationKey = "k" };

    [Fact]
    public async Task A_key_holds_within_its_queue_until_the_task_is_finished()
    {
        await AddAsync(Keyed("t1"));

        var waiting = await AddAsync(Now, Keyed("t2"));
        var elsewhere = await AddAsync(Now, Keyed("t3") with { Queue = "elsewhere" });
        var lease = await LeaseOneAsync();
        var running = await AddAsync(Now, Keyed("t4"));
        await EndAsync(TaskOutcome.Completed(lease.Token));
        var afterwards = await AddAsync(Now, Keyed("t5"));

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], waiting);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t3")], elsewhere);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], running);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t5")], afterwards);
        Assert.Null(await Store.GetAsync("t2", Cancel));
    }

    [Fact]
    public async Task Within_a_list_the_first_task_takes_the_key()
    {
        var results = await AddAsync(Now, Keyed("t1"), Keyed("t2"), New("t3"));

        Assert.Equal(
            [new EnqueueResult(EnqueueStatus.Enqueued, "t1"), new EnqueueResult(EnqueueStatus.Duplicate, "t1"), new EnqueueResult(EnqueueStatus.Enqueued, "t3")], results);
    }

    [Fact]
    public async Task A_task_keeps_others_out_only_in_the_states_that_it_names()
    {
        await AddAsync(Keyed("t1") with { DeduplicationStates = [QueuedTaskState.Available, QueuedTaskState.Completed] });

        var waiting = await AddAsync(Now, Keyed("t2"));
        var lease = await LeaseOneAsync();
        await EndAsync(TaskOutcome.Completed(lease.Token));
        var completed = await AddAsync(Now, Keyed("t3"));

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], waiting);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], completed);
    }

    [Fact]
    public async Task A_task_in_a_state_that_it_does_not_name_gives_its_key_away()
    {
        await AddAsync(Keyed("t1") with { DeduplicationStates = [QueuedTaskState.Available] });
        await LeaseOneAsync();

        var second = await AddAsync(Now, Keyed("t2"));
        var third = await AddAsync(Now, Keyed("t3"));

        Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t2")], second);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t2")], third);
    }

    [Fact]
    public async Task A_period_keeps_others_out_in_any_state_and_after_deletion_and_no_longer()
    {
        await AddAsync(Keyed("t1") with { DeduplicationPeriod = Minute });
        await EndAsync(TaskOutcome.Completed((await LeaseOneAsync()).Token));

        var completed = await AddAsync(Now, Keyed("t2"));
        await Operations.DeleteAsync("t1", Cancel);
        var deleted = await AddAsync(Now + Minute - TimeSpan.FromMilliseconds(1), Keyed("t3"));
        var over = await AddAsync(Now + Minute, Keyed("t4"));

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], completed);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], deleted);
        Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t4")], over);
    }

    [Fact]
    public async Task A_task_that_still_waits_keeps_others_out_when_its_period_is_over()
    {
        await AddAsync(Keyed("t1") with { DeduplicationPeriod = Minute });

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], await AddAsync(Now + Minute, Keyed("t2")));
    }

    [Fact]
    public async Task A_waiting_task_can_be_replaced_and_keeps_its_id_and_place_in_the_list()
    {
        await AddAsync(Keyed("t1") with { Group = "g", Deadline = Now + Minute, Timeout = Minute });

        var results = await AddAsync(
            Now + Second,
            Keyed("t2") with
            {
                DeduplicationMode = DeduplicationMode.Replace,
                Payload = "2",
                Type = "other",
                Priority = 5,
                MaxAttempts = 7,
                Slots = 2,
                Delay = Minute,
                PayloadVersion = 3,
                Assignment = new TaskAssignment { WorkerName = "w" },
            });

        Assert.Equal([new EnqueueResult(EnqueueStatus.Replaced, "t1")], results);
        Assert.Null(await Store.GetAsync("t2", Cancel));
        Assert.Equal(
            new QueuedTask
            {
                Id = "t1",
                Queue = "default",
                Type = "other",
                Payload = "2",
                State = QueuedTaskState.Scheduled,
                Priority = 5,
                MaxAttempts = 7,
                Slots = 2,
                PayloadVersion = 3,
                Assignment = new TaskAssignment { WorkerName = "w" },
                DeduplicationKey = "k",
                CreatedAt = Now,
                AvailableAt = Now + Second + Minute,
            },
            await Store.GetAsync("t1", Cancel));
    }

    [Fact]
    public async Task A_replaced_task_that_waited_for_a_retry_starts_anew()
    {
        await AddAsync(Keyed("t1") with { MaxAttempts = 3 });
        var lease = await LeaseOneAsync();
        await Store.CheckpointAsync(lease.Token, "1", Cancel);
        await EndAsync(TaskOutcome.Failed(lease.Token, Transient, Minute));

        var results = await AddAsync(Now, Keyed("t2") with { DeduplicationMode = DeduplicationMode.Replace, Payload = "2" });

        Assert.Equal([new EnqueueResult(EnqueueStatus.Replaced, "t1")], results);
        var again = (await LeaseOneAsync()).Task;
        Assert.Equal(("t1", "2", 1, 2L, null, null), (again.Id, again.Payload, again.Attempt, again.LeaseId, again.Failure, again.Checkpoint));
    }

    [Fact]
    public async Task A_task_that_is_moved_to_another_group_takes_its_turn_there()
    {
        await AddAsync(Keyed("t1") with { Group = "old" });

        await AddAsync(Now, Keyed("t2") with { DeduplicationMode = DeduplicationMode.Replace, Group = "new" });

        Assert.Equal("new", (await LeaseOneAsync()).Task.Group);
    }

    [Fact]
    public async Task A_running_task_is_not_replaced()
    {
        await AddAsync(Keyed("t1"));
        await LeaseOneAsync();

        var results = await AddAsync(Now, Keyed("t2") with { DeduplicationMode = DeduplicationMode.Replace, Payload = "2" });

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], results);
        Assert.Equal("1", (await GetAsync("t1")).Payload);
    }

    [Fact]
    public async Task A_replaced_task_holds_the_key_as_the_new_one_says()
    {
        await AddAsync(Keyed("t1"));
        await AddAsync(Now, Keyed("t2") with { DeduplicationMode = DeduplicationMode.Replace, DeduplicationStates = [QueuedTaskState.Available] });
        await LeaseOneAsync();

        Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t3")], await AddAsync(Now, Keyed("t3")));
    }

    [Fact]
    public async Task Many_producers_with_one_key_add_one_task()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(
            async () => Assert.Single(await OpenStore().AddAsync([Keyed($"t{i}")], Now, Cancel)), Cancel)));

        var added = Assert.Single(results, result => result.Status == EnqueueStatus.Enqueued);
        Assert.All(results, result => Assert.Equal(added.TaskId, result.TaskId));
    }

    [Fact]
    public async Task Lists_that_are_added_at_once_and_share_ids_and_keys_add_each_only_once()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(producer => Task.Run(
            async () =>
            {
                var tasks = Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? New($"same-{i}") : New($"own-{producer}-{i}") with { DeduplicationKey = $"k{i}" });
                return await OpenStore().AddAsync((producer % 2 == 0 ? tasks : tasks.Reverse()).ToValueList(), Now, Cancel);
            },
            Cancel)));

        Assert.Equal(40, results.SelectMany(list => list).Count(result => result.Status == EnqueueStatus.Enqueued));
        Assert.Equal(40, (await LeaseAsync(Ask(1000))).Count);
    }

    [Fact]
    public async Task A_task_that_is_retried_holds_its_key_again_unless_another_one_does()
    {
        await AddAsync(Keyed("t1"));
        await Operations.CancelAsync("t1", Now, Cancel);
        await Operations.RetryAsync(["t1"], Now, Cancel);

        var retried = await AddAsync(Now, Keyed("t2"));
        await Operations.CancelAsync("t1", Now, Cancel);
        await AddAsync(Keyed("t3"));
        var taken = await Operations.RetryAsync(["t1"], Now, Cancel);

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], retried);
        Assert.Equal([TaskChangeStatus.WrongState], taken);
        Assert.Equal(QueuedTaskState.Cancelled, await StateAsync("t1"));
    }
}
