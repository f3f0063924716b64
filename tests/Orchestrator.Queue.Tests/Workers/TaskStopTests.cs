using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Workers;

public sealed class TaskStopTests
{
    private readonly HeldHandler _handler = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task A_task_that_takes_longer_than_its_timeout_is_stopped_and_tried_again()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1", MaxAttempts = 2, Timeout = TimeSpan.FromMilliseconds(500) }, Cancel);
        var context = await _handler.StartedAsync();

        queue.Time.Advance(TimeSpan.FromMilliseconds(500));
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);

        var task = await queue.GetAsync("t1");
        Assert.Equal((TaskStopReason.TimedOut, QueuedTaskState.Retryable, "timeout"), (context.StopReason, task.State, task.Failure!.Code));
    }

    [Fact]
    public async Task Work_that_is_done_in_spite_of_the_timeout_counts()
    {
        await using var queue = new TestQueue((context, token) =>
        {
            using var stopped = new ManualResetEventSlim();
            using var registration = token.Register(stopped.Set);
            stopped.Wait(Cancel);
            return ValueTask.FromResult(TaskHandlerResult.Completed("1"));
        });
        await queue.StartAsync();
        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1", Timeout = TimeSpan.FromMilliseconds(500) }, Cancel);
        await queue.Time.WaitForTimerAsync(3, Cancel);

        queue.Time.Advance(TimeSpan.FromMilliseconds(500));

        Assert.Equal(QueuedTaskState.Completed, (await queue.FinishedAsync("t1")).State);
    }

    [Fact]
    public async Task Draining_a_queue_lets_running_tasks_end_and_starts_no_other()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();
        await queue.EnqueueAsync("t2");

        var draining = queue.Administration.DrainAsync("default", TimeSpan.FromHours(1), Cancel).AsTask();
        _handler.GoOn(TaskHandlerResult.Completed());
        await draining;

        Assert.Equal(TaskStopReason.None, context.StopReason);
        Assert.Equal((QueuedTaskState.Completed, QueuedTaskState.Available), ((await queue.GetAsync("t1")).State, (await queue.GetAsync("t2")).State));
    }

    [Fact]
    public async Task Draining_without_patience_gives_running_tasks_back_with_their_attempts()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();

        await queue.Administration.DrainAsync("default", TimeSpan.Zero, Cancel);

        var task = await queue.GetAsync("t1");
        Assert.Equal(TaskStopReason.Draining, context.StopReason);
        Assert.Equal((QueuedTaskState.Available, 0, 0), (task.State, task.Attempt, task.Crashes));
        await queue.Administration.PauseAsync("default", isPaused: false, Cancel);
        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task A_worker_that_shuts_down_lets_its_handlers_end_for_a_while()
    {
        await using var queue = new TestQueue(_handler.HandleAsync, Patient);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();

        var stopping = queue.StopAsync();
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1107, Cancel);
        _handler.GoOn(TaskHandlerResult.Completed());
        await stopping;

        Assert.Equal((TaskStopReason.None, QueuedTaskState.Completed), (context.StopReason, (await queue.GetAsync("t1")).State));
    }

    [Fact]
    public async Task After_its_patience_a_worker_that_shuts_down_tells_its_handlers_to_stop()
    {
        await using var queue = new TestQueue(_handler.HandleAsync, Patient);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();

        var stopping = queue.StopAsync();
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1107, Cancel);
        await queue.Time.WaitForTimerAsync(2, Cancel); // The heartbeat's, and the patience's.
        queue.Time.Advance(TimeSpan.FromSeconds(30));
        await stopping;

        var task = await queue.GetAsync("t1");
        Assert.Equal((TaskStopReason.ShuttingDown, QueuedTaskState.Available, 0), (context.StopReason, task.State, task.Attempt));
    }

    private static void Patient(ITaskQueueBuilder builder) =>
        builder.Services.PostConfigureAll<TaskWorkerOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
}
