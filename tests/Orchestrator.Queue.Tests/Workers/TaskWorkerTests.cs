using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Workers;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Workers;

public sealed class TaskWorkerTests
{
    private readonly HeldHandler _handler = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task A_task_is_run_by_the_handler_of_its_type_as_soon_as_it_is_enqueued()
    {
        await using var queue = new TestQueue((context, _) => ValueTask.FromResult(TaskHandlerResult.Completed($"{{\"was\":{context.Task.Payload}}}")));
        await queue.StartAsync();

        await queue.EnqueueAsync("t1", payload: "7");
        var task = await queue.FinishedAsync("t1");

        Assert.Equal((QueuedTaskState.Completed, """{"was":7}""", Environment.MachineName), (task.State, task.Result, task.WorkerName));
    }

    [Fact]
    public async Task A_worker_that_waits_holds_a_task_by_the_commit_that_enqueues_it()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.Time.WaitForTimerAsync(2, Cancel);

        await queue.EnqueueAsync("t1");

        Assert.Equal((QueuedTaskState.Running, 1), ((await queue.GetAsync("t1")).State, (await queue.GetAsync("t1")).Attempt));
        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task A_task_that_another_process_enqueued_is_found_at_the_next_poll()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.Time.WaitForTimerAsync(2, Cancel);

        await queue.AddElsewhereAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }]);
        queue.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task A_task_of_a_type_without_handler_is_left_to_others()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();

        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "other", Type = "other", Payload = "1", Priority = 9 }, Cancel);
        await queue.EnqueueAsync("t1");

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
        Assert.Equal(QueuedTaskState.Available, (await queue.GetAsync("other")).State);
    }

    [Fact]
    public async Task A_worker_for_one_task_leaves_the_others()
    {
        await using var queue = new TestQueue(_handler.HandleAsync, builder => builder.AddWorker(options => (options.OnlyTaskId, options.Concurrency) = ("t2", 9)));
        await queue.EnqueueAsync("t1");
        await queue.EnqueueAsync("t2");
        await queue.StartAsync();

        Assert.Equal("t2", (await _handler.StartedAsync()).Task.Id);
        Assert.Equal(QueuedTaskState.Available, (await queue.GetAsync("t1")).State);
    }

    [Fact]
    public async Task No_more_tasks_are_leased_than_can_run_at_once()
    {
        await using var queue = new TestQueue(_handler.HandleAsync, builder => builder.AddWorker(options => options.Concurrency = 2));
        foreach (var i in Enumerable.Range(0, 5))
        {
            await queue.EnqueueAsync($"t{i}");
        }

        await queue.StartAsync();
        await _handler.StartedAsync();
        await _handler.StartedAsync();
        Assert.Equal(2, (await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel)).Running);
        _handler.GoOn(TaskHandlerResult.Completed());
        await _handler.StartedAsync();

        var statistics = await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel);
        Assert.Equal((1, 2, 2), (statistics.Completed, statistics.Running, statistics.Available));
    }

    [Fact]
    public async Task A_handler_that_throws_fails_the_attempt_without_showing_the_payload()
    {
        await using var queue = new TestQueue((context, _) => throw new InvalidDataException("cannot read " + context.Task.Payload));
        await queue.StartAsync();

        await queue.EnqueueAsync("t1", payload: "\"marked\"");
        var task = await queue.FinishedAsync("t1");

        Assert.Equal(
            (QueuedTaskState.Discarded, new TaskFailure { Code = "handler_error", Message = "The handler of 'test' threw InvalidDataException.", Retryable = true }),
            (task.State, task.Failure));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1103 && entry.Level == LogLevel.Error && entry.Exception is InvalidDataException);
    }

    [Fact]
    public async Task A_failure_that_a_handler_returns_is_kept_and_tried_again_when_its_time_has_come()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1", maxAttempts: 2);

        await _handler.StartedAsync();
        _handler.GoOn(TaskHandlerResult.Failed(new TaskFailure { Code = "rate_limited", Message = "slow down", Retryable = true, RetryAfter = TimeSpan.FromMinutes(1) }));
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);
        var waiting = await queue.GetAsync("t1");
        var second = await queue.PollUntilAsync(_handler.StartedAsync());
        _handler.GoOn(TaskHandlerResult.Completed());

        Assert.Equal((QueuedTaskState.Retryable, ManualTimeProvider.DefaultStart.AddMinutes(1)), (waiting.State, waiting.AvailableAt));
        Assert.InRange(second.Task.StartedAt!.Value, waiting.AvailableAt, DateTimeOffset.MaxValue);
        Assert.Equal((2, 2), (second.Task.Attempt, second.FencingToken));
        Assert.Equal(QueuedTaskState.Completed, (await queue.FinishedAsync("t1")).State);
    }

    [Fact]
    public async Task A_task_that_a_handler_gives_back_waits_for_the_next_poll()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");

        await _handler.StartedAsync();
        _handler.GoOn(TaskHandlerResult.Released());
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);
        var waiting = await queue.GetAsync("t1");
        var second = await queue.PollUntilAsync(_handler.StartedAsync());

        Assert.Equal((QueuedTaskState.Scheduled, 0, ManualTimeProvider.DefaultStart.AddSeconds(1)), (waiting.State, waiting.Attempt, waiting.AvailableAt));
        Assert.Equal((1, 2), (second.Task.Attempt, second.FencingToken));
    }

    [Fact]
    public async Task A_checkpoint_is_kept_while_the_handler_runs()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();

        Assert.Equal(LeaseStatus.Held, await context.CheckpointAsync("""{"step":1}""", Cancel));

        Assert.Equal("""{"step":1}""", (await queue.GetAsync("t1")).Checkpoint);
        Assert.Equal(queue.Worker, context.Worker);
    }

    [Fact]
    public async Task A_worker_that_shuts_down_gives_its_tasks_back_with_their_attempts()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        var context = await _handler.StartedAsync();

        await queue.StopAsync();

        var task = await queue.GetAsync("t1");
        Assert.Equal(TaskStopReason.ShuttingDown, context.StopReason);
        Assert.Equal((QueuedTaskState.Available, 0, 0), (task.State, task.Attempt, task.Crashes));
    }

    [Fact]
    public async Task A_task_whose_lease_ended_is_taken_over_at_the_next_poll()
    {
        await using var queue = new TestQueue(_handler.HandleAsync);
        await queue.AddElsewhereAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }]);
        await queue.Store.LeaseAsync(
            new LeaseRequest { Worker = new() { Id = "dead", WorkerName = "dead" }, Duration = TimeSpan.FromSeconds(1) }, queue.Time.GetUtcNow(), Cancel);
        await queue.StartAsync();
        await queue.Time.WaitForTimerAsync(2, Cancel);

        queue.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((1, 2L), ((await _handler.StartedAsync()).Task.Crashes, (await queue.GetAsync("t1")).LeaseId));
    }

    [Fact]
    public async Task A_sweep_that_fails_holds_up_no_task()
    {
        var isBroken = false;
        await using var queue = new TestQueue(_handler.HandleAsync, builder => StoreProxy.Watch(
            builder.Services, method => _ = isBroken && method == nameof(Storage.ITaskStore.ReclaimExpiredAsync) ? throw new IOException("broken") : 0));
        await queue.StartAsync();
        await queue.Time.WaitForTimerAsync(2, Cancel);
        await queue.AddElsewhereAsync([new TaskSubmission { Id = "t1", Type = "test", Payload = "1" }]);

        isBroken = true;
        queue.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1120);
    }

    [Fact]
    public async Task A_worker_without_handlers_does_not_start()
    {
        await using var queue = new TestQueue(configure: builder => builder.AddWorker());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync);

        Assert.Contains("AddHandler", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_handlers_of_one_type_do_not_start()
    {
        await using var queue = new TestQueue(_handler.HandleAsync, builder => builder.AddHandler<TestHandler>());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync);

        Assert.Contains("'test'", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(TestHandler), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workers_of_several_queues_share_a_host()
    {
        await using var queue = new TestQueue(_handler.HandleAsync, builder => builder.AddWorker("second", options => options.Queue = "second"));
        await queue.StartAsync();

        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t2", Type = "test", Payload = "1", Queue = "second" }, Cancel);
        Assert.Equal("t2", (await _handler.StartedAsync()).Task.Id);
        await queue.EnqueueAsync("t1");
        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    private sealed class TestHandler : ITaskHandler
    {
        public string Type => "test";

        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken) => ValueTask.FromResult(TaskHandlerResult.Completed());
    }
}
