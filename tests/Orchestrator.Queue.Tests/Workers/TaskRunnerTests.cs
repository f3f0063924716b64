using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Handlers;
using Orchestrator.Queue.Retry;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests.Workers;

/// <summary>What is around handlers may fail, too: no task may be held for ever because of it.</summary>
public sealed class TaskRunnerTests
{
    private static readonly TaskFailure Down = new() { Code = "down", Message = "down", Retryable = true };

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retry_policy_that_fails_or_asks_for_less_than_nothing_lets_the_task_go_on_at_once(bool throws)
    {
        var runs = 0;
        await using var queue = new TestQueue(
            (_, _) => ValueTask.FromResult(++runs == 1 ? TaskHandlerResult.Failed(Down) : TaskHandlerResult.Completed()),
            builder => builder.Services.AddSingleton<IRetryPolicy>(new BrokenPolicy(throws)));
        await queue.StartAsync();

        await queue.EnqueueAsync("t1", maxAttempts: 2);
        var task = await queue.FinishedAsync("t1");

        Assert.Equal((QueuedTaskState.Completed, 2), (task.State, task.Attempt));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1122);
    }

    [Fact]
    public async Task A_timeout_that_no_timer_can_hold_is_counted_all_the_same()
    {
        var handler = new HeldHandler();
        await using var queue = new TestQueue(handler.HandleAsync);
        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1", Timeout = TimeSpan.FromDays(100) }, Cancel);
        var lease = Assert.Single(await queue.Leases.LeaseAsync(new LeaseRequest { Worker = queue.Worker }, Cancel));
        await using var onSystem = Running();
        await using var task = Running();

        onSystem.LimitTime(TimeProvider.System);
        task.LimitTime(queue.Time);
        queue.Time.Advance(TimeSpan.FromDays(100) - TimeSpan.FromMilliseconds(1));
        var before = task.Context.StopReason;
        queue.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((TaskStopReason.None, TaskStopReason.TimedOut), (before, task.Context.StopReason));

        RunningTask Running() => new(
            new TaskContext(lease, queue.Worker, queue.Leases), new HandlerEntry((_, _) => ValueTask.FromResult(TaskHandlerResult.Completed()), null), 0);
    }

    [Fact]
    public async Task A_fault_around_a_handler_fails_the_attempt_and_frees_its_place()
    {
        var runs = 0;
        await using var queue = new TestQueue(
            (_, _) => ValueTask.FromResult(TaskHandlerResult.Completed()),
            builder => builder.Services.AddSingleton<TimeProvider>(provider => new BrokenTimers(() => ++runs == 1)));
        var runner = new TaskRunner(
            queue.Services.GetRequiredService<TaskHandlerTable>(),
            new TaskRunnerServices(queue.Worker, queue.Leases, null, queue.Services.GetRequiredService<Queue.Diagnostics.TaskQueueMetrics>()),
            queue.Services.GetRequiredService<IRetryPolicy>(),
            queue.Services.GetRequiredService<TimeProvider>(),
            queue.Logs.CreateLogger<TaskWorker>());
        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "test", Payload = "1", MaxAttempts = 2, Timeout = TimeSpan.FromDays(1) }, Cancel);
        var lease = Assert.Single(await queue.Leases.LeaseAsync(new LeaseRequest { Worker = queue.Worker }, Cancel));
        var running = runner.Take(lease, 0);
        runs = 0;

        await runner.RunAsync(running, TimeSpan.Zero);

        Assert.Equal((TaskOutcomeKind.Failed, "handler_error", true), (running.Outcome!.Kind, running.Outcome.Failure!.Code, running.Outcome.Failure.Retryable));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1121);
    }

    [Fact]
    public async Task A_logger_that_throws_ends_neither_a_worker_nor_a_task()
    {
        await using var queue = new TestQueue(
            (context, _) => context.Task.Id == "t1" ? throw new InvalidDataException() : ValueTask.FromResult(TaskHandlerResult.Completed()),
            builder => builder.Services.AddSingleton<ILogger<TaskWorker>>(new ThrowingLogger<TaskWorker>()));
        await queue.StartAsync();

        await queue.EnqueueAsync("t1");
        await queue.EnqueueAsync("t2");

        Assert.Equal("handler_error", (await queue.FinishedAsync("t1")).Failure!.Code);
        Assert.Equal(QueuedTaskState.Completed, (await queue.FinishedAsync("t2")).State);
    }

    private sealed class BrokenPolicy(bool throws) : IRetryPolicy
    {
        public RetryDecision Decide(QueuedTask task, TaskFailure failure) =>
            throws ? throw new InvalidOperationException("no policy") : new RetryDecision(true, TimeSpan.FromSeconds(-1));
    }

    private sealed class BrokenTimers(Func<bool> isBroken) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            dueTime == TimeSpan.FromDays(1) && isBroken() ? throw new ArgumentOutOfRangeException(nameof(dueTime)) : base.CreateTimer(callback, state, dueTime, period);
    }
}
