using System.Diagnostics;
using Orchestrator.Queue.Presence;

namespace Orchestrator.Queue.Tests;

public sealed class TaskQueueTests
{
    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task Waiting_for_a_task_that_does_not_exist_ends_at_once()
    {
        await using var queue = new TestQueue();

        Assert.Null(await queue.Queue.WaitAsync("none", Cancel));
    }

    [Fact]
    public async Task A_waiter_is_woken_by_this_process_without_polling()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");
        var waiting = queue.Queue.WaitAsync("t1", Cancel);
        var lease = Assert.Single(await queue.Leases.LeaseAsync(new LeaseRequest { Worker = queue.Worker }, Cancel));

        await queue.Leases.CompleteAsync(lease.Token, "1", Cancel);

        Assert.Equal("1", (await waiting)!.Result);
    }

    [Fact]
    public async Task A_waiter_finds_what_another_process_did_at_the_next_poll()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");
        var waiting = queue.Queue.WaitAsync("t1", Cancel).AsTask();
        await queue.Time.WaitForTimerAsync(1, Cancel);

        await queue.Operations.CancelAsync("t1", queue.Time.GetUtcNow(), Cancel);
        Assert.False(waiting.IsCompleted);
        queue.Time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(QueuedTaskState.Cancelled, (await waiting)!.State);
    }

    [Fact]
    public async Task A_waiter_can_give_up()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");
        using var impatient = new CancellationTokenSource();
        var waiting = queue.Queue.WaitAsync("t1", impatient.Token).AsTask();

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(QueuedTaskState.Available, (await queue.GetAsync("t1")).State);
    }

    [Fact]
    public async Task A_task_that_an_operator_retries_is_available_again()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");
        await queue.Administration.CancelAsync("t1", Cancel);

        Assert.Equal(TaskChangeStatus.Changed, await queue.Administration.RetryAsync("t1", Cancel));

        Assert.Equal(QueuedTaskState.Available, (await queue.Administration.GetAsync("t1", Cancel))!.State);
        Assert.Single(await queue.Administration.ListAsync(new TaskQuery { State = QueuedTaskState.Available }, Cancel));
    }

    [Fact]
    public async Task A_task_carries_the_trace_of_its_caller()
    {
        await using var queue = new TestQueue();
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        await queue.EnqueueAsync("t1");

        Assert.Equal(activity.Id, (await queue.GetAsync("t1")).TraceParent);
    }

    [Fact]
    public async Task A_recovery_reports_overdue_tasks_and_wakes_those_who_wait_for_them()
    {
        await using var queue = new TestQueue();
        var now = queue.Time.GetUtcNow();
        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1", Deadline = now.AddSeconds(1) }, Cancel);
        var waiting = queue.Queue.WaitAsync("t1", Cancel);
        queue.Time.Advance(TimeSpan.FromSeconds(1));

        var result = await ((WorkerRecovery)queue.Services.GetService(typeof(WorkerRecovery))!).RunAsync(Cancel);

        Assert.Equal(new WorkerRecoveryResult { OverdueTasks = ["t1"] }, result);
        Assert.Equal("deadline_passed", (await waiting)!.Failure!.Code);
    }
}
