using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Tasks;

/// <summary>Adding tasks to an <see cref="ITaskStore"/>.</summary>
public abstract class TaskAddingConformanceTests : TaskStoreScenario
{
    [Fact]
    public async Task A_task_is_kept_as_it_was_submitted()
    {
        var submission = new TaskSubmission
        {
            Id = "t1",
            Type = "agent_task",
            Payload = """{"a":"ä€😀"}""",
            Queue = "agents",
            Priority = -7,
            AvailableAt = Now + Minute,
            Deadline = Now + (2 * Minute),
            MaxAttempts = 4,
            DeduplicationKey = "key",
            Group = "tenant ä",
            Slots = 3,
            Assignment = new TaskAssignment { WorkerName = "w", ContainerName = "c", Labels = new ValueMap([new("gpu", "a\"100"), new("zone", "eu")]) },
            PayloadVersion = 2,
            Timeout = TimeSpan.FromMilliseconds(1500),
            Window = new TaskWindow { From = new TimeOnly(0, 0), To = new TimeOnly(6, 30), Days = [DayOfWeek.Thursday], TimeZone = "UTC" },
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        var results = await Store.AddAsync([submission], Now, Cancel);

        Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t1")], results);
        Assert.Equal(
            new QueuedTask
            {
                Id = "t1",
                Queue = "agents",
                Type = "agent_task",
                Payload = submission.Payload,
                State = QueuedTaskState.Scheduled,
                Priority = -7,
                MaxAttempts = 4,
                DeduplicationKey = "key",
                Group = "tenant ä",
                Slots = 3,
                Assignment = submission.Assignment,
                PayloadVersion = 2,
                Timeout = submission.Timeout,
                Window = submission.Window,
                TraceParent = submission.TraceParent,
                CreatedAt = Now,
                AvailableAt = Now + Minute,
                Deadline = Now + (2 * Minute),
            },
            await Store.GetAsync("t1", Cancel));
        Assert.Null(await Store.GetAsync("t2", Cancel));
    }

    [Fact]
    public async Task A_plain_task_is_available_at_once_to_anyone()
    {
        await AddAsync(New("t1") with { Assignment = TaskAssignment.Anyone });

        var task = await GetAsync("t1");

        Assert.Equal(new QueuedTask { Id = "t1", Queue = "default", Type = "test", Payload = "1", State = QueuedTaskState.Available, CreatedAt = Now, AvailableAt = Now }, task);
    }

    [Fact]
    public async Task Another_instance_finds_what_the_first_one_committed()
    {
        await AddAsync(New("t1"));

        var other = OpenStore();
        await other.InitializeAsync(Cancel);
        await other.InitializeAsync(Cancel);

        Assert.Equal("t1", Assert.Single(await other.LeaseAsync(Ask(), Now, Cancel)).Task.Id);
        Assert.Equal(QueuedTaskState.Running, await StateAsync("t1"));
    }

    [Fact]
    public async Task A_list_is_added_in_its_order_with_a_result_for_each()
    {
        await AddAsync(New("t2"));

        var results = await AddAsync(Now, New("t3"), New("t2"), New("t1"), New("t3"));

        Assert.Equal(
            [
                new EnqueueResult(EnqueueStatus.Enqueued, "t3"), new EnqueueResult(EnqueueStatus.Duplicate, "t2"),
                new EnqueueResult(EnqueueStatus.Enqueued, "t1"), new EnqueueResult(EnqueueStatus.Duplicate, "t3"),
            ],
            results);
        Assert.Equal(["t2", "t3", "t1"], await LeaseIdsAsync(Ask(9)));
        Assert.Empty(await Store.AddAsync([], Now, Cancel));
    }

    [Fact]
    public async Task The_same_id_is_a_duplicate_in_any_queue_and_state_and_changes_nothing()
    {
        await AddAsync(New("t1"));
        await EndAsync(TaskOutcome.Completed((await LeaseOneAsync()).Token));

        var second = await AddAsync(Now, New("t1") with { Queue = "elsewhere", Type = "other", DeduplicationKey = "k", DeduplicationMode = DeduplicationMode.Replace });

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "t1")], second);
        var task = await GetAsync("t1");
        Assert.Equal(("test", "default", QueuedTaskState.Completed), (task.Type, task.Queue, task.State));
    }

    [Fact]
    public async Task The_later_of_delay_and_time_holds_and_a_time_that_passed_is_now()
    {
        await AddAsync(
            New("delay") with { Delay = 2 * Minute, AvailableAt = Now + Minute },
            New("time") with { Delay = Minute, AvailableAt = Now + (2 * Minute) },
            New("past") with { AvailableAt = Now - Minute },
            New("none") with { Delay = TimeSpan.Zero });

        Assert.Equal((QueuedTaskState.Scheduled, Now + (2 * Minute)), await TimeAsync("delay"));
        Assert.Equal((QueuedTaskState.Scheduled, Now + (2 * Minute)), await TimeAsync("time"));
        Assert.Equal((QueuedTaskState.Available, Now), await TimeAsync("past"));
        Assert.Equal((QueuedTaskState.Available, Now), await TimeAsync("none"));
    }

    [Fact]
    public async Task Times_are_kept_in_whole_milliseconds_rounded_down()
    {
        await AddAsync(Now + TimeSpan.FromTicks(19_999), New("t1"));

        Assert.Equal(Now + TimeSpan.FromMilliseconds(1), (await GetAsync("t1")).CreatedAt);
    }

    [Fact]
    public async Task A_write_that_was_cancelled_before_changes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.AddAsync([New("t1")], Now, cancelled.Token));

        Assert.Null(await Store.GetAsync("t1", Cancel));
    }

    [Fact]
    public async Task The_largest_payload_is_kept()
    {
        var payload = $"\"{new string('€', TaskSubmission.MaxPayloadLength - 2)}\"";

        await AddAsync(New("t1") with { Payload = payload });

        Assert.Equal(payload, (await LeaseOneAsync()).Task.Payload);
    }

    [Fact]
    public async Task The_time_is_told()
    {
        var first = await Store.GetTimeAsync(Cancel);
        var second = await Store.GetTimeAsync(Cancel);

        Assert.NotEqual(default, first);
        Assert.InRange(second - first, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(1));
    }

    private async Task<(QueuedTaskState State, DateTimeOffset At)> TimeAsync(string id)
    {
        var task = await GetAsync(id);
        return (task.State, task.AvailableAt);
    }
}
