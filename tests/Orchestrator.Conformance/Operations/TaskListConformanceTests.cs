using Orchestrator.Queue;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Operations;

/// <summary>What every <see cref="ITaskOperations"/> must tell about tasks and queues. Each test starts with an empty database.</summary>
public abstract class TaskListConformanceTests : IAsyncLifetime
{
    private QueueScript _queue = null!;

    /// <summary>Opens the test's database.</summary>
    protected abstract StorageSeams Open();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = new QueueScript(Open());
        await _queue.Store.InitializeAsync(Cancel);
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Tasks_are_listed_newest_first_by_queue_state_type_group_plan_and_failure()
    {
        await AddOneInEachStateAsync();

        Assert.Equal(["gated", "blocked", "parent", "scheduled", "running", "cancelled", "discarded", "completed", "retryable", "grouped", "assigned", "available"], await ListAsync(new()));
        Assert.Equal(["grouped", "assigned"], await ListAsync(new() { Queue = "other" }));
        Assert.Equal([], await ListAsync(new() { Queue = "none" }));
        Assert.Equal(["parent", "grouped", "assigned", "available"], await ListAsync(new() { State = QueuedTaskState.Available }));
        Assert.Equal(["grouped", "assigned"], await ListAsync(new() { State = QueuedTaskState.Available, Queue = "other" }));
        Assert.Equal(["gated", "blocked"], await ListAsync(new() { State = QueuedTaskState.Blocked }));
        Assert.Equal([], await ListAsync(new() { State = QueuedTaskState.Unknown }));
        foreach (var state in (QueuedTaskState[])[QueuedTaskState.Scheduled, QueuedTaskState.Running, QueuedTaskState.Retryable, QueuedTaskState.Completed, QueuedTaskState.Cancelled, QueuedTaskState.Discarded])
        {
            Assert.Equal([state.ToString().ToLowerInvariant()], await ListAsync(new() { State = state }));
            Assert.Equal([], await ListAsync(new() { State = state, Queue = "other" }));
        }

        Assert.Equal(["retryable"], await ListAsync(new() { Type = "special" }));
        Assert.Equal([], await ListAsync(new() { Type = "special", State = QueuedTaskState.Completed }));
        Assert.Equal(["grouped"], await ListAsync(new() { Group = "acme" }));
        Assert.Equal(["gated", "blocked", "parent"], await ListAsync(new() { PlanId = "p" }));
        Assert.Equal(["gated", "blocked"], await ListAsync(new() { PlanId = "p", State = QueuedTaskState.Blocked }));
        Assert.Equal(["discarded"], await ListAsync(new() { FailureCode = "broken" }));
        Assert.Equal(["retryable"], await ListAsync(new() { FailureCode = "slow", State = QueuedTaskState.Retryable }));
        Assert.Equal([], await ListAsync(new() { FailureCode = "slow", State = QueuedTaskState.Discarded }));
    }

    [Fact]
    public async Task A_list_is_cut_at_its_limit()
    {
        foreach (var i in Enumerable.Range(1, 5))
        {
            await _queue.AddAsync($"t{i}", task => i == 3 ? task with { Type = "special" } : task);
        }

        Assert.Equal(["t5", "t4"], await ListAsync(new() { Limit = 2 }));
        Assert.Equal(["t5", "t4"], await ListAsync(new() { Limit = 2, State = QueuedTaskState.Available }));
        Assert.Equal(["t3"], await ListAsync(new() { Limit = 2, Type = "special" }));
    }

    [Fact]
    public async Task Statistics_count_each_state_of_one_queue_or_all()
    {
        await AddOneInEachStateAsync();

        Assert.Equal(
            new QueueStatistics { Available = 4, Scheduled = 1, Running = 1, Retryable = 1, Blocked = 2, Completed = 1, Cancelled = 1, Discarded = 1 },
            await _queue.Operations.GetStatisticsAsync(null, Cancel));
        Assert.Equal(new QueueStatistics { Available = 2 }, await _queue.Operations.GetStatisticsAsync("other", Cancel));
        Assert.Equal(new QueueStatistics(), await _queue.Operations.GetStatisticsAsync("none", Cancel));
    }

    [Fact]
    public async Task Statistics_follow_retries_and_deletions()
    {
        await _queue.AddAsync("a");
        await _queue.AddAsync("b");
        await _queue.FailAsync("a");
        await _queue.CompleteAsync("b");

        await _queue.RetryAsync("a");
        await _queue.Operations.DeleteAsync("b", Cancel);

        Assert.Equal(new QueueStatistics { Available = 1 }, await _queue.Operations.GetStatisticsAsync(null, Cancel));
    }

    [Fact]
    public async Task Statistics_are_right_after_many_wrote_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(
            async () =>
            {
                var store = Open().Store;
                foreach (var i in Enumerable.Range(0, 20))
                {
                    await store.AddAsync([Submission($"t{writer}-{i}")], _queue.Now, Cancel);
                    var lease = Assert.Single(await store.LeaseAsync(new LeaseRequest { Worker = Worker, TaskId = $"t{writer}-{i}" }, _queue.Now, Cancel)).Token;
                    await store.EndAsync([i % 2 == 0 ? TaskOutcome.Completed(lease) : TaskOutcome.Failed(lease, Failure())], null, _queue.Now, Cancel);
                }
            },
            Cancel)));

        Assert.Equal(new QueueStatistics { Completed = 40, Discarded = 40 }, await _queue.Operations.GetStatisticsAsync(null, Cancel));
    }

    [Fact]
    public async Task A_list_shows_one_moment_while_others_write()
    {
        var writing = Task.Run(
            async () =>
            {
                var queue = new QueueScript(Open());
                foreach (var i in Enumerable.Range(0, 60))
                {
                    await queue.AddAsync($"t{i}");
                    await queue.CompleteAsync($"t{i}");
                }
            },
            Cancel);

        while (!writing.IsCompleted)
        {
            Assert.All(await _queue.Operations.ListAsync(new() { State = QueuedTaskState.Running }, Cancel), task => Assert.Equal(QueuedTaskState.Running, task.State));
            Assert.All(await _queue.Operations.GetQueuesAsync(Cancel), queue => Assert.InRange(queue.Statistics.Unfinished, 0, 1));
        }

        await writing;
        Assert.Equal(new QueueStatistics { Completed = 60 }, await _queue.Operations.GetStatisticsAsync(null, Cancel));
    }

    [Fact]
    public async Task Queues_are_those_with_settings_or_tasks()
    {
        var start = _queue.Now;
        await _queue.AddAsync("low", task => task with { Queue = "a", Priority = -100 });
        _queue.Now = start.AddMinutes(1);
        await _queue.AddAsync("head", task => task with { Queue = "a" });
        await _queue.AddAsync("grouped", task => task with { Queue = "d", Group = "acme" });
        await _queue.AddAsync("assigned", task => task with { Queue = "e", Assignment = new TaskAssignment { WorkerName = "w" } });
        _queue.Now = start.AddMinutes(2);
        await _queue.AddAsync("urgent", task => task with { Queue = "d", Priority = 100 });
        await _queue.AddAsync("else", task => task with { Queue = "e", Priority = 100, Assignment = new TaskAssignment { WorkerName = "w", ContainerName = "c" } });
        await _queue.AddAsync("labelled", task => task with { Queue = "e", Priority = 100, Assignment = new TaskAssignment { Labels = ValueMap.Empty.With("gpu", "yes") } });
        await _queue.AddAsync("later", task => task with { Queue = "c", AvailableAt = start.AddHours(1) });
        var settings = new QueueSettings
        {
            Queue = "b",
            IsPaused = true,
            MaxRunning = 5,
            MaxRunningPerGroup = 2,
            RatePerGroup = new RateLimit(10, TimeSpan.FromSeconds(1.5), 20),
            Ageing = TimeSpan.FromSeconds(30),
        };
        await _queue.Operations.SetQueueAsync(settings, _queue.Now, Cancel);

        var queues = await _queue.Operations.GetQueuesAsync(Cancel);

        Assert.Equal(
            [
                new QueueStatus { Settings = new() { Queue = "a" }, Statistics = new() { Available = 2 }, OldestAvailableAt = start.AddMinutes(1) },
                new QueueStatus { Settings = settings, Statistics = new() },
                new QueueStatus { Settings = new() { Queue = "c" }, Statistics = new() { Scheduled = 1 } },
                new QueueStatus { Settings = new() { Queue = "d" }, Statistics = new() { Available = 2 }, OldestAvailableAt = start.AddMinutes(1) },
                new QueueStatus { Settings = new() { Queue = "e" }, Statistics = new() { Available = 3 }, OldestAvailableAt = start.AddMinutes(1) },
            ],
            queues);
    }

    [Fact]
    public async Task Settings_replace_those_before_and_pausing_leaves_them()
    {
        await _queue.Operations.SetQueueAsync(new() { Queue = "a", MaxRunning = 5, RatePerGroup = new RateLimit(1, TimeSpan.FromHours(1)) }, _queue.Now, Cancel);
        await _queue.Operations.PauseAsync("a", true, _queue.Now, Cancel);
        Assert.Equal(
            new QueueSettings { Queue = "a", MaxRunning = 5, RatePerGroup = new RateLimit(1, TimeSpan.FromHours(1)), IsPaused = true },
            Assert.Single(await _queue.Operations.GetQueuesAsync(Cancel)).Settings);

        await _queue.Operations.SetQueueAsync(new() { Queue = "a", Ageing = TimeSpan.FromSeconds(1) }, _queue.Now, Cancel);

        Assert.Equal(new QueueSettings { Queue = "a", Ageing = TimeSpan.FromSeconds(1) }, Assert.Single(await _queue.Operations.GetQueuesAsync(Cancel)).Settings);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_of_limits_leaves_the_pause_whatever_it_says_of_it(bool isPaused)
    {
        await _queue.Operations.SetQueueAsync(new() { Queue = "a", MaxRunning = 5, IsPaused = !isPaused }, _queue.Now, Cancel);
        await _queue.Operations.PauseAsync("a", isPaused, _queue.Now, Cancel);
        var limits = new QueueSettings { Queue = "a", MaxRunningPerGroup = 2, RatePerGroup = new RateLimit(1, TimeSpan.FromHours(1)), IsPaused = !isPaused };

        await _queue.Operations.SetLimitsAsync(limits, _queue.Now, Cancel);
        await _queue.Operations.SetLimitsAsync(new() { Queue = "b", Ageing = TimeSpan.FromSeconds(1), IsPaused = true }, _queue.Now, Cancel);

        Assert.Equal(
            [limits with { IsPaused = isPaused }, new() { Queue = "b", Ageing = TimeSpan.FromSeconds(1) }],
            (await _queue.Operations.GetQueuesAsync(Cancel)).Select(queue => queue.Settings));
    }

    private async Task AddOneInEachStateAsync()
    {
        await _queue.AddAsync("available");
        await _queue.AddAsync("assigned", task => task with { Queue = "other", Assignment = new TaskAssignment { WorkerName = "nobody" } });
        await _queue.AddAsync("grouped", task => task with { Queue = "other", Group = "acme" });
        await _queue.AddAsync("retryable", task => task with { MaxAttempts = 2, Type = "special" });
        await _queue.AddAsync("completed");
        await _queue.AddAsync("discarded");
        await _queue.AddAsync("cancelled");
        await _queue.AddAsync("running");
        await _queue.AddAsync("scheduled", task => task with { AvailableAt = _queue.Now.AddHours(1) });
        await _queue.AddPlanAsync("p", Step("parent"), Step("blocked", "parent"), Step("gated") with { IsGate = true });
        await _queue.EndAsync(TaskOutcome.Failed(await _queue.LeaseAsync("retryable"), Failure("slow", retryable: true), TimeSpan.FromHours(1)));
        await _queue.CompleteAsync("completed");
        await _queue.FailAsync("discarded");
        await _queue.CancelAsync("cancelled");
        await _queue.LeaseAsync("running");
    }

    private async Task<IEnumerable<string>> ListAsync(TaskQuery query) => (await _queue.Operations.ListAsync(query, Cancel)).Select(task => task.Id);
}
