using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Workers;

public sealed class TaskPumpTests
{
    private readonly HeldHandler _handler = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task Every_task_runs_once_however_many_end_together()
    {
        var runs = 0;
        await using var queue = Queue((_, _) =>
        {
            Interlocked.Increment(ref runs);
            return ValueTask.FromResult(TaskHandlerResult.Completed());
        }, options => options.Concurrency = 16);
        await queue.Queue.EnqueueAsync(Enumerable.Range(0, 1000).Select(i => Submission($"t{i}")).ToValueList(), Cancel);

        await queue.StartAsync();
        await queue.FinishedAsync("t999");
        await queue.Administration.DrainAsync("default", TimeSpan.FromHours(1), Cancel);

        Assert.Equal((1000, 1000), (runs, (await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel)).Completed));
        var exchanges = ((WatchedLeases)queue.Leases).Exchanged;
        Assert.InRange(exchanges.Max(exchange => exchange.Outcomes.Count), 2, 16);
        Assert.InRange(exchanges.Max(exchange => exchange.Next?.Count ?? 0), 2, 16);
    }

    [Fact]
    public async Task Ending_a_task_and_taking_the_next_is_one_exchange()
    {
        await using var queue = Queue(_handler.HandleAsync);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await queue.EnqueueAsync("t2");
        await _handler.StartedAsync();

        _handler.GoOn(TaskHandlerResult.Completed());
        await _handler.StartedAsync();

        var (outcomes, next) = Assert.Single(((WatchedLeases)queue.Leases).Exchanged);
        Assert.Equal(("t1", 1), (Assert.Single(outcomes).Lease.TaskId, next!.Count));
    }

    [Fact]
    public async Task Slots_limit_what_runs_beside_the_number_of_tasks()
    {
        await using var queue = Queue(_handler.HandleAsync, options => (options.Concurrency, options.Slots) = (10, 5));
        await queue.Queue.EnqueueAsync([Submission("t1") with { Slots = 3 }, Submission("t2") with { Slots = 2 }, Submission("t3")], Cancel);

        await queue.StartAsync();
        await _handler.StartedAsync();
        await _handler.StartedAsync();

        Assert.Equal(2, (await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel)).Running);
        _handler.GoOn(TaskHandlerResult.Completed());
        Assert.Equal("t3", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task Prefetched_tasks_wait_in_the_worker_and_are_given_back_when_it_shuts_down()
    {
        await using var queue = Queue(_handler.HandleAsync, options =>
        {
            options.Prefetch = 2;
            options.ShortTypes.Add("test");
        });
        await queue.Queue.EnqueueAsync(Enumerable.Range(0, 5).Select(i => Submission($"t{i}")).ToValueList(), Cancel);

        await queue.StartAsync();
        await _handler.StartedAsync();
        Assert.Equal(3, (await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel)).Running);
        _handler.GoOn(TaskHandlerResult.Completed());
        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
        await queue.StopAsync();

        var statistics = await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel);
        Assert.Equal((1, 4, 0), (statistics.Completed, statistics.Available, statistics.Running));
    }

    [Fact]
    public async Task A_prefetched_task_that_is_cancelled_never_starts()
    {
        await using var queue = Queue(_handler.HandleAsync, options =>
        {
            options.Prefetch = 1;
            options.ShortTypes.Add("test");
        });
        await queue.Queue.EnqueueAsync([Submission("t1"), Submission("t2")], Cancel);
        await queue.StartAsync();
        await _handler.StartedAsync();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            // What the first heartbeat brought has been heard when the second is sent.
            Assert.Equal(TaskChangeStatus.Requested, await queue.Administration.CancelAsync("t2", Cancel));
            await ((WatchedLeases)queue.Leases).RenewedAsync();
        }

        _handler.GoOn(TaskHandlerResult.Completed());

        Assert.Equal(QueuedTaskState.Cancelled, (await queue.FinishedAsync("t2")).State);
        Assert.Single(queue.Logs.Entries, entry => entry.EventId.Id == 1100);
    }

    [Fact]
    public async Task A_worker_does_not_prefetch_tasks_that_are_not_said_to_be_short()
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.Prefetch = 1);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync);

        Assert.Contains("'test'", error.Message, StringComparison.Ordinal);
        Assert.Contains("ShortTypes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_asks_only_for_its_types_and_with_its_labels()
    {
        await using var queue = Queue(_handler.HandleAsync, options =>
        {
            options.Types.Add("test");
            options.Labels["gpu"] = "yes";
        }, builder => builder.AddHandler("other", () => { }));
        await queue.StartAsync();

        await queue.Queue.EnqueueAsync(Submission("t1") with { Assignment = new TaskAssignment { Labels = ValueMap.Empty.With("gpu", "yes") } }, Cancel);

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
        var request = ((WatchedLeases)queue.Leases).Requests.First();
        Assert.Equal((["test"], ValueMap.Empty.With("gpu", "yes")), (request.Types, request.Labels));
    }

    [Fact]
    public async Task A_type_without_handler_stops_the_start()
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.Types.Add("unheard"));

        Assert.Contains("'unheard'", (await Assert.ThrowsAsync<InvalidOperationException>(queue.StartAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outcome_that_cannot_be_stored_for_a_moment_is_stored_later()
    {
        await using var queue = Queue(_handler.HandleAsync);
        var leases = (WatchedLeases)queue.Leases;
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await _handler.StartedAsync();

        leases.EndFailures.Enqueue(new StorageException(StorageErrorCodes.Busy, "busy", isTransient: true));
        _handler.GoOn(TaskHandlerResult.Completed("1"));
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1114, Cancel);
        var task = await queue.PollUntilAsync(queue.FinishedAsync("t1"));

        Assert.Equal((QueuedTaskState.Completed, "1", 1), (task.State, task.Result, task.Attempt));
    }

    [Fact]
    public async Task An_outcome_that_the_database_refuses_fails_its_task_and_holds_up_no_other()
    {
        await using var queue = Queue(_handler.HandleAsync);
        var leases = (WatchedLeases)queue.Leases;
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await queue.EnqueueAsync("t2");
        await _handler.StartedAsync();

        foreach (var _ in Enumerable.Range(0, 2))
        {
            leases.EndFailures.Enqueue(new StorageException(StorageErrorCodes.TooLarge, "too large"));
        }

        _handler.GoOn(TaskHandlerResult.Completed("1"));
        var first = await queue.FinishedAsync("t1");
        _handler.GoOn(TaskHandlerResult.Completed("2"));
        var second = await queue.FinishedAsync("t2");

        Assert.Equal((QueuedTaskState.Discarded, "result_too_large"), (first.State, first.Failure!.Code));
        Assert.Equal((QueuedTaskState.Completed, "2"), (second.State, second.Result));
    }

    [Theory]
    [InlineData(StorageErrorCodes.Busy, true)]
    [InlineData(StorageErrorCodes.Failed, false)]
    public async Task An_outcome_that_cannot_be_stored_alone_either_for_a_moment_is_stored_later(string code, bool isTransient)
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.LeaseDuration = TimeSpan.FromDays(1));
        var leases = (WatchedLeases)queue.Leases;
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await _handler.StartedAsync();

        leases.EndFailures.Enqueue(new StorageException(StorageErrorCodes.Failed, "failed"));
        leases.EndFailures.Enqueue(new StorageException(code, "failed", isTransient: isTransient));
        _handler.GoOn(TaskHandlerResult.Completed("1"));
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1114, Cancel);
        var task = await queue.PollUntilAsync(queue.FinishedAsync("t1"));

        Assert.Equal((QueuedTaskState.Completed, "1", 1L), (task.State, task.Result, task.LeaseId));
    }

    [Fact]
    public async Task An_outcome_that_is_refused_again_and_again_without_a_clear_reason_fails_its_task()
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.LeaseDuration = TimeSpan.FromDays(1));
        var leases = (WatchedLeases)queue.Leases;
        leases.Refuse = outcomes => outcomes.Any(outcome => outcome.Result == "1") ? new StorageException(StorageErrorCodes.Failed, "failed") : null;
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await _handler.StartedAsync();

        _handler.GoOn(TaskHandlerResult.Completed("1"));
        var task = await queue.PollUntilAsync(queue.FinishedAsync("t1"));

        Assert.Equal((QueuedTaskState.Discarded, "result_too_large"), (task.State, task.Failure!.Code));
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1118);
    }

    [Fact]
    public async Task A_task_that_nothing_can_be_stored_for_is_left_to_its_lease_and_frees_its_place()
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.LeaseDuration = TimeSpan.FromDays(1));
        var leases = (WatchedLeases)queue.Leases;
        leases.Refuse = outcomes => outcomes.Any(outcome => outcome.Lease.TaskId == "t1") ? new InvalidOperationException("refused") : null;
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await _handler.StartedAsync();

        _handler.GoOn(TaskHandlerResult.Completed("1"));
        await queue.PollUntilAsync(queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1104, Cancel));
        await queue.EnqueueAsync("t2");

        Assert.Equal("t2", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task A_result_that_is_too_large_fails_the_task_for_good()
    {
        await using var queue = Queue((_, _) => ValueTask.FromResult(TaskHandlerResult.Completed($"\"{new string('x', TaskStoreLimits.MaxResultLength)}\"")));
        await queue.StartAsync();

        await queue.EnqueueAsync("t1", maxAttempts: 3);

        Assert.Equal("result_too_large", (await queue.FinishedAsync("t1")).Failure!.Code);
    }

    [Fact]
    public async Task A_delayed_task_starts_on_time_and_not_at_the_next_poll()
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.PollInterval = TimeSpan.FromHours(1));
        await queue.Queue.EnqueueAsync(Submission("t1") with { Delay = TimeSpan.FromMilliseconds(1500) }, Cancel);
        await queue.StartAsync();
        await queue.Time.WaitForTimerAsync(2, Cancel);

        queue.Time.Advance(TimeSpan.FromMilliseconds(1501));

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task A_task_that_falls_due_just_after_the_worker_looked_starts_at_once()
    {
        await using var queue = Queue(_handler.HandleAsync, options => options.PollInterval = TimeSpan.FromHours(1));
        await queue.Queue.EnqueueAsync(Submission("t1") with { Delay = TimeSpan.FromMilliseconds(1500) }, Cancel);
        ((WatchedLeases)queue.Leases).Looked = () => queue.Time.Advance(TimeSpan.FromSeconds(2));

        await queue.StartAsync();

        Assert.Equal("t1", (await _handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task The_wait_before_the_next_attempt_grows_with_the_attempts()
    {
        await using var queue = Queue(
            (_, _) => ValueTask.FromResult(TaskHandlerResult.Failed(new TaskFailure { Code = "unavailable", Message = "down", Retryable = true })));
        await queue.StartAsync();
        await queue.EnqueueAsync("t1", maxAttempts: 4);
        var waits = new List<double>();
        foreach (var seconds in (int[])[1, 2, 4])
        {
            await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);
            queue.Logs.Clear();
            waits.Add(((await queue.GetAsync("t1")).AvailableAt - queue.Time.GetUtcNow()).TotalSeconds);
            await queue.Time.WaitForTimerAsync(2, Cancel);
            queue.Time.Advance(TimeSpan.FromSeconds(seconds) + TimeSpan.FromMilliseconds(1));
        }

        var ended = await queue.FinishedAsync("t1");

        Assert.Equal([1, 2, 4], waits);
        Assert.Equal((QueuedTaskState.Discarded, 4), (ended.State, ended.Attempt));
    }

    private static TaskSubmission Submission(string id) => new() { Id = id, Type = "test", Payload = "1" };

    private static TestQueue Queue(
        Func<TaskContext, CancellationToken, ValueTask<TaskHandlerResult>> handle, Action<TaskWorkerOptions>? worker = null, Action<ITaskQueueBuilder>? configure = null) =>
        new(handle, builder =>
        {
            builder.Services.AddSingleton<ITaskLeases>(WatchedLeases.Watch);
            builder.AddWorker(worker);
            configure?.Invoke(builder);
        });
}
