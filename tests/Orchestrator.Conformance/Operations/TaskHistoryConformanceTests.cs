using Orchestrator.Queue;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Operations;

/// <summary>What every <see cref="ITaskOperations"/> must tell about what happened to tasks. Each test starts with an empty database.</summary>
public abstract class TaskHistoryConformanceTests : IAsyncLifetime
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
    public async Task Every_lease_that_is_over_is_an_attempt()
    {
        await _queue.AddAsync("t", task => task with { MaxAttempts = 5 });
        var start = _queue.Now;
        await _queue.EndAsync(TaskOutcome.Released(await LeaseForAMinuteAsync()));
        await LeaseForAMinuteAsync();
        await _queue.Store.ReclaimAsync(Worker.Id, _queue.Now, Cancel);
        await _queue.EndAsync(TaskOutcome.Failed(await LeaseForAMinuteAsync(), Failure("slow", retryable: true)));
        await _queue.EndAsync(TaskOutcome.Failed(await LeaseForAMinuteAsync(), Failure()));
        await _queue.RetryAsync("t");
        await _queue.EndAsync(TaskOutcome.Completed(await LeaseForAMinuteAsync()));

        var attempts = await _queue.Operations.GetAttemptsAsync("t", Cancel);

        Assert.Equal(
            [(1, TaskAttemptOutcome.Released, null), (2, TaskAttemptOutcome.Crashed, null), (3, TaskAttemptOutcome.Failed, "slow"), (4, TaskAttemptOutcome.Failed, "broken"), (5, TaskAttemptOutcome.Completed, null)],
            attempts.Select(attempt => (attempt.LeaseId, attempt.Outcome, attempt.Failure?.Code)));
        Assert.Equal(
            new TaskAttempt
            {
                TaskId = "t",
                LeaseId = 1,
                WorkerId = Worker.Id,
                WorkerName = Worker.WorkerName,
                ContainerName = Worker.ContainerName,
                StartedAt = start,
                EndedAt = start.AddMinutes(1),
                Outcome = TaskAttemptOutcome.Released,
            },
            attempts[0]);
        Assert.Empty(await _queue.Operations.GetAttemptsAsync("none", Cancel));
    }

    [Fact]
    public async Task A_running_or_cancelled_attempt_is_told_when_it_is_over()
    {
        await _queue.AddAsync("t");
        var lease = await _queue.LeaseAsync("t");
        Assert.Empty(await _queue.Operations.GetAttemptsAsync("t", Cancel));

        await _queue.EndAsync(TaskOutcome.Cancelled(lease));

        Assert.Equal(TaskAttemptOutcome.Cancelled, Assert.Single(await _queue.Operations.GetAttemptsAsync("t", Cancel)).Outcome);
    }

    [Fact]
    public async Task Log_lines_are_read_on_from_any_place()
    {
        await _queue.AddAsync("t");
        await _queue.AddAsync("other");
        var lease = await _queue.LeaseAsync("t");
        await _queue.Store.ReportAsync(lease, null, [Line("1"), Line("2", TaskLogLevel.Error)], _queue.Now, Cancel);
        await _queue.Store.ReportAsync(await _queue.LeaseAsync("other"), null, [Line("x")], _queue.Now, Cancel);
        await _queue.Store.ReportAsync(lease, null, [Line("3")], _queue.Now, Cancel);

        var first = await _queue.Operations.GetLogAsync("t", 0, 2, Cancel);
        var rest = await _queue.Operations.GetLogAsync("t", first[^1].Sequence, 10, Cancel);

        Assert.Equal([("1", TaskLogLevel.Information, 1L, _queue.Now), ("2", TaskLogLevel.Error, 1L, _queue.Now)], first.Select(line => (line.Text, line.Level, line.LeaseId, line.At)));
        Assert.Equal(["3"], rest.Select(line => line.Text));
        Assert.Empty(await _queue.Operations.GetLogAsync("none", 0, 10, Cancel));
    }

    [Fact]
    public async Task Every_change_of_state_is_an_event()
    {
        await _queue.AddAsync("t", task => task with { AvailableAt = _queue.Now.AddMinutes(1), MaxAttempts = 2 });
        _queue.Now = _queue.Now.AddMinutes(1);
        await _queue.EndAsync(TaskOutcome.Failed(await _queue.LeaseAsync("t"), Failure(retryable: true)));
        await _queue.CompleteAsync("t");

        var events = await _queue.Operations.GetEventsAsync(0, 100, "t", Cancel);

        Assert.Equal(
            [
                (null, QueuedTaskState.Scheduled, 0),
                (QueuedTaskState.Scheduled, QueuedTaskState.Available, 0),
                (QueuedTaskState.Available, QueuedTaskState.Running, 1),
                (QueuedTaskState.Running, QueuedTaskState.Retryable, 1),
                (QueuedTaskState.Retryable, QueuedTaskState.Available, 1),
                (QueuedTaskState.Available, QueuedTaskState.Running, 2),
                (QueuedTaskState.Running, QueuedTaskState.Completed, 2),
            ],
            events.Select(change => (change.From, change.To, change.LeaseId)));
        Assert.All(events.Skip(1), change => Assert.Equal(("t", TaskSubmission.DefaultQueue, _queue.Now), (change.TaskId, change.Queue, change.At)));
        Assert.Equal((Worker.WorkerName, Worker.ContainerName), (events[^1].WorkerName, events[^1].ContainerName));
    }

    [Fact]
    public async Task Whoever_reads_events_on_misses_none()
    {
        foreach (var id in (string[])["a", "b", "c"])
        {
            await _queue.AddAsync(id);
        }

        await _queue.CancelAsync("b");
        var seen = new List<TaskEvent>();
        ValueList<TaskEvent> page;
        do
        {
            page = await _queue.Operations.GetEventsAsync(seen.Count == 0 ? 0 : seen[^1].Sequence, 3, null, Cancel);
            seen.AddRange(page);
        }
        while (page.Count > 0);

        Assert.Equal(["a", "b", "c", "b"], seen.Select(change => change.TaskId));
        Assert.Equal(seen.Select(change => change.Sequence).Order(), seen.Select(change => change.Sequence));
    }

    [Fact]
    public async Task A_task_that_does_not_wait_says_what_it_does()
    {
        await _queue.AddAsync("t");
        await _queue.LeaseAsync("t");

        var running = Assert.Single(await ExplainAsync("t"));
        Assert.Equal(TaskWaitReason.NotWaiting, running.Reason);
        Assert.Contains("'first'", running.Message, StringComparison.Ordinal);
        await _queue.Store.ReclaimAsync(Worker.Id, _queue.Now, Cancel);
        await _queue.CompleteAsync("t");
        Assert.Contains("completed", Assert.Single(await ExplainAsync("t")).Message, StringComparison.Ordinal);
        Assert.Empty(await ExplainAsync("none"));
    }

    [Fact]
    public async Task A_task_that_waits_for_a_worker_says_what_goes_before_it()
    {
        await _queue.AddAsync("a");
        await _queue.AddAsync("b", task => task with { Priority = 1 });
        await _queue.AddAsync("c");

        Assert.Equal(new TaskWait(TaskWaitReason.Worker, "2 tasks of queue 'default' go before it."), Assert.Single(await ExplainAsync("c")));
        Assert.StartsWith("Nothing stands in its way", Assert.Single(await ExplainAsync("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_whose_time_has_not_come_says_when_it_will()
    {
        var later = _queue.Now.AddHours(3);
        await _queue.AddAsync("later", task => task with { AvailableAt = later });
        await _queue.AddAsync("window", task => task with { Window = new TaskWindow { From = new TimeOnly(3, 0), To = new TimeOnly(4, 0) } });
        await _queue.AddAsync("late", task => task with { Deadline = _queue.Now.AddHours(1) });

        Assert.Equal((TaskWaitReason.NotDue, later), Wait(Assert.Single(await ExplainAsync("later"))));
        var window = Assert.Single(await ExplainAsync("window"));
        Assert.Equal((TaskWaitReason.WindowClosed, later), Wait(window));
        Assert.Contains("03:00 to 04:00 (UTC)", window.Message, StringComparison.Ordinal);
        _queue.Now = later;
        Assert.Equal(TaskWaitReason.Worker, Assert.Single(await ExplainAsync("later")).Reason);
        Assert.Equal(TaskWaitReason.Worker, Assert.Single(await ExplainAsync("window")).Reason);
        Assert.Equal(TaskWaitReason.DeadlinePassed, Assert.Single(await ExplainAsync("late")).Reason);
    }

    [Fact]
    public async Task A_limited_task_says_which_limit_with_its_figures()
    {
        await _queue.Operations.SetQueueAsync(new() { Queue = "default", MaxRunning = 4, MaxRunningPerGroup = 10, RatePerGroup = new RateLimit(2, TimeSpan.FromSeconds(10)) }, _queue.Now, Cancel);
        await _queue.Operations.SetGroupAsync(new() { Queue = "default", Group = "acme", MaxRunning = 3, Rate = new RateLimit(100, TimeSpan.FromSeconds(1)) }, _queue.Now, Cancel);
        await _queue.AddAsync("a1", task => task with { Group = "acme" });
        await _queue.AddAsync("a2", task => task with { Group = "acme", Slots = 2 });
        await _queue.LeaseAsync("a1");
        await _queue.LeaseAsync("a2");
        await _queue.AddAsync("a3", task => task with { Group = "acme" });
        await _queue.AddAsync("big", task => task with { Slots = 2 });

        Assert.Equal(new TaskWait(TaskWaitReason.GroupLimit, "Group 'acme' runs 3 of 3 slots (tasks a1, a2)."), Assert.Single(await ExplainAsync("a3")));
        Assert.Equal(new TaskWait(TaskWaitReason.QueueLimit, "Queue 'default' runs 3 of 4 slots (tasks a1, a2); the task needs 2."), Assert.Single(await ExplainAsync("big")));
        await _queue.Operations.PauseAsync("default", true, _queue.Now, Cancel);
        Assert.Equal([TaskWaitReason.QueuePaused, TaskWaitReason.GroupLimit], (await ExplainAsync("a3")).Select(wait => wait.Reason));
    }

    [Fact]
    public async Task A_rate_limited_task_says_when_the_next_may_start()
    {
        await _queue.Operations.SetQueueAsync(new() { Queue = "default", RatePerGroup = new RateLimit(2, TimeSpan.FromSeconds(10)) }, _queue.Now, Cancel);
        foreach (var id in (string[])["a", "b", "c"])
        {
            await _queue.AddAsync(id, task => task with { Group = "acme" });
        }

        await _queue.LeaseAsync("a");
        Assert.Equal(TaskWaitReason.Worker, Assert.Single(await ExplainAsync("c")).Reason);
        await _queue.LeaseAsync("b");

        Assert.Equal((TaskWaitReason.GroupRate, _queue.Now.AddSeconds(5)), Wait(Assert.Single(await ExplainAsync("c"))));
        _queue.Now = _queue.Now.AddSeconds(5);
        Assert.Equal(TaskWaitReason.Worker, Assert.Single(await ExplainAsync("c")).Reason);
        await _queue.LeaseAsync("c");
    }

    [Fact]
    public async Task An_assigned_or_blocked_task_says_whom_it_waits_for()
    {
        await _queue.AddAsync("t", task => task with { Assignment = new TaskAssignment { WorkerName = "w", ContainerName = "c", Labels = ValueMap.Empty.With("gpu", "a100") } });
        await _queue.AddPlanAsync("p", Step("a"), Step("b"), Step("c", "a", "b"));
        await _queue.LeaseAsync("a");

        Assert.Equal(new TaskWait(TaskWaitReason.Assignment, "Only workers named 'w' in container 'c' with gpu=a100 may take it."), Assert.Single(await ExplainAsync("t")));
        Assert.Equal(new TaskWait(TaskWaitReason.Dependencies, "It waits for 2 tasks of its plan: a (running), b (available)."), Assert.Single(await ExplainAsync("c")));
    }

    private async Task<LeaseToken> LeaseForAMinuteAsync()
    {
        var lease = await _queue.LeaseAsync("t");
        _queue.Now = _queue.Now.AddMinutes(1);
        return lease;
    }

    private async Task<ValueList<TaskWait>> ExplainAsync(string taskId) => await _queue.Operations.ExplainAsync(taskId, _queue.Now, Cancel);

    private static (TaskWaitReason Reason, DateTimeOffset? Until) Wait(TaskWait wait) => (wait.Reason, wait.Until);

    private static TaskLogLine Line(string text, TaskLogLevel level = TaskLogLevel.Information) => new() { Text = text, Level = level };
}
