using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Workers;

public sealed class HeartbeatTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);

    private readonly HeldHandler _handler = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task A_lease_is_kept_alive_every_third_of_its_duration()
    {
        await using var queue = await StartAsync();
        var leases = (WatchedLeases)queue.Leases;

        foreach (var _ in Enumerable.Range(0, 6))
        {
            await BeatAsync(queue);
            Assert.Equal(LeaseStatus.Held, Assert.Single(await leases.RenewedAsync()).Status);
        }

        Assert.Empty(await queue.Store.ReclaimExpiredAsync(queue.Time.GetUtcNow() + TimeSpan.FromSeconds(59), Cancel));
        _handler.GoOn(TaskHandlerResult.Completed());
        Assert.Equal((QueuedTaskState.Completed, 0), await EndAsync(queue));
    }

    [Fact]
    public async Task A_lost_lease_cancels_the_handler_and_its_outcome_is_dropped()
    {
        await using var queue = await StartAsync(out var first);
        await queue.Leases.ReclaimAsync(queue.Worker.Id, Cancel);

        await BeatAsync(queue);
        var second = await _handler.StartedAsync();
        _handler.GoOn(TaskHandlerResult.Completed("2"));

        Assert.Equal((QueuedTaskState.Completed, 1), await EndAsync(queue));
        Assert.Equal((TaskStopReason.LeaseLost, 1L), ((await first).StopReason, (await first).FencingToken));
        Assert.Equal((TaskStopReason.None, 2L), (second.StopReason, second.FencingToken));
        Assert.Equal(LeaseStatus.Lost, await (await first).CheckpointAsync("1", Cancel));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1102);
    }

    [Fact]
    public async Task A_worker_that_cannot_renew_stops_its_handlers_before_the_lease_ends()
    {
        await using var queue = await StartAsync(out var context);
        var leases = (WatchedLeases)queue.Leases;
        leases.Failure = new StorageException(StorageErrorCodes.Busy, "busy", isTransient: true);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            await BeatAsync(queue);
            await leases.RenewedAsync();
        }

        Assert.Equal(TaskStopReason.None, (await context).StopReason);
        await queue.Time.WaitForTimerAsync(2, Cancel);
        queue.Time.Advance(TimeSpan.FromSeconds(15));

        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1113, Cancel);
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1102, Cancel);
        Assert.Equal(TaskStopReason.LeaseLost, (await context).StopReason);
    }

    [Fact]
    public async Task One_heartbeat_that_fails_stops_nothing()
    {
        await using var queue = await StartAsync(out var context);
        var leases = (WatchedLeases)queue.Leases;

        leases.Failure = new StorageException(StorageErrorCodes.Busy, "busy", isTransient: true);
        await BeatAsync(queue);
        await leases.RenewedAsync();
        leases.Failure = null;
        await BeatAsync(queue);
        await leases.RenewedAsync();
        _handler.GoOn(TaskHandlerResult.Completed());

        Assert.Equal((QueuedTaskState.Completed, 0), await EndAsync(queue));
        Assert.Equal(TaskStopReason.None, (await context).StopReason);
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1106);
    }

    [Fact]
    public async Task Cancelling_a_running_task_in_its_own_process_cancels_its_handler_at_once()
    {
        await using var queue = await StartAsync(out var context);

        Assert.Equal(TaskChangeStatus.Requested, await queue.Administration.CancelAsync("t1", Cancel));

        Assert.Equal((QueuedTaskState.Cancelled, 0), await EndAsync(queue));
        Assert.Equal(TaskStopReason.CancelRequested, (await context).StopReason);
    }

    [Fact]
    public async Task Cancelling_a_running_task_in_another_process_cancels_its_handler_at_the_next_heartbeat()
    {
        await using var queue = await StartAsync(out var context);

        await queue.Operations.CancelAsync("t1", queue.Time.GetUtcNow(), Cancel);
        Assert.Equal(TaskStopReason.None, (await context).StopReason);
        await BeatAsync(queue);

        Assert.Equal((QueuedTaskState.Cancelled, 0), await EndAsync(queue));
        Assert.Equal(TaskStopReason.CancelRequested, (await context).StopReason);
    }

    [Fact]
    public async Task Work_that_was_done_before_the_cancelling_was_heard_counts()
    {
        await using var queue = await StartAsync();

        await queue.Operations.CancelAsync("t1", queue.Time.GetUtcNow(), Cancel);
        _handler.GoOn(TaskHandlerResult.Completed("1"));

        Assert.Equal((QueuedTaskState.Completed, 0), await EndAsync(queue));
    }

    // The two timers are the heartbeat and the poll: the clock moves only when the worker waits for both.
    private static async Task BeatAsync(TestQueue queue)
    {
        await queue.Time.WaitForTimerAsync(2, Cancel);
        queue.Time.Advance(Beat);
    }

    private Task<TestQueue> StartAsync() => StartAsync(out _);

    private Task<TestQueue> StartAsync(out Task<TaskContext> context)
    {
        var queue = new TestQueue(_handler.HandleAsync, builder => builder.Services.AddSingleton<ITaskLeases>(WatchedLeases.Watch));
        var started = StartAsync(queue);
        context = started;
        return ReadyAsync(queue, started);
    }

    private async Task<TaskContext> StartAsync(TestQueue queue)
    {
        await queue.EnqueueAsync("t1");
        await queue.StartAsync();
        return await _handler.StartedAsync();
    }

    private static async Task<TestQueue> ReadyAsync(TestQueue queue, Task<TaskContext> started)
    {
        await started;
        return queue;
    }

    private static async Task<(QueuedTaskState State, int Crashes)> EndAsync(TestQueue queue)
    {
        var task = await queue.FinishedAsync("t1");
        return (task.State, task.Crashes);
    }
}
