namespace Orchestrator.Queue.Tests;

public sealed class TaskAdministrationTests
{
    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task Many_tasks_are_retried_by_filter()
    {
        await using var queue = new TestQueue();
        foreach (var code in (string[])["down", "broken", "down"])
        {
            var id = $"t{(await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel)).Total}";
            await queue.EnqueueAsync(id);
            var lease = Assert.Single(await queue.Leases.LeaseAsync(new LeaseRequest { Worker = queue.Worker }, Cancel));
            await queue.Leases.FailAsync(lease.Token, new TaskFailure { Code = code, Message = "no" }, cancellationToken: Cancel);
        }

        var retried = await queue.Administration.RetryAsync(new TaskQuery { FailureCode = "down" }, Cancel);

        Assert.Equal(["t0", "t2"], retried);
        var statistics = await queue.Administration.GetStatisticsAsync("default", Cancel);
        Assert.Equal((2, 1), (statistics.Available, statistics.Discarded));
        Assert.Empty(await queue.Administration.RetryAsync(new TaskQuery { FailureCode = "down" }, Cancel));
    }

    [Fact]
    public async Task Only_tasks_that_were_given_up_can_be_retried_by_filter()
    {
        await using var queue = new TestQueue();

        await Assert.ThrowsAsync<ArgumentException>(() => queue.Administration.RetryAsync(new TaskQuery { State = QueuedTaskState.Completed }, Cancel).AsTask());
    }

    [Fact]
    public async Task A_paused_queue_starts_nothing_until_it_goes_on()
    {
        var handler = new HeldHandler();
        await using var queue = new TestQueue(handler.HandleAsync);
        await queue.Administration.PauseAsync("default", cancellationToken: Cancel);
        await queue.StartAsync();
        await queue.EnqueueAsync("t1");
        await queue.Time.WaitForTimerAsync(2, Cancel);
        Assert.Equal(1, (await queue.Administration.GetStatisticsAsync(cancellationToken: Cancel)).Available);

        await queue.Administration.PauseAsync("default", isPaused: false, Cancel);

        Assert.Equal("t1", (await handler.StartedAsync()).Task.Id);
    }

    [Fact]
    public async Task Draining_an_idle_queue_only_pauses_it()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");

        await queue.Administration.DrainAsync("default", TimeSpan.Zero, Cancel);

        Assert.True(Assert.Single(await queue.Administration.GetQueuesAsync(Cancel)).Settings.IsPaused);
    }

    [Fact]
    public async Task Draining_takes_back_what_a_dead_worker_left()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");
        await queue.Leases.LeaseAsync(new LeaseRequest { Worker = new() { Id = "dead", WorkerName = "dead" }, Duration = TimeSpan.FromSeconds(3) }, Cancel);

        var draining = queue.Administration.DrainAsync("default", TimeSpan.FromHours(1), Cancel).AsTask();
        while (!draining.IsCompleted)
        {
            await Task.WhenAny(draining, queue.Time.WaitForTimerAsync(1, Cancel));
            queue.Time.Advance(TimeSpan.FromMilliseconds(200));
        }

        await draining;
        Assert.Equal((QueuedTaskState.Available, 1), ((await queue.GetAsync("t1")).State, (await queue.GetAsync("t1")).Crashes));
    }

    [Fact]
    public async Task Draining_asks_again_for_what_was_leased_after_it_asked()
    {
        await using var queue = new TestQueue();
        await queue.EnqueueAsync("t1");
        var draining = Task.CompletedTask;
        var lease = Assert.Single(await queue.Leases.LeaseAsync(new LeaseRequest { Worker = queue.Worker }, Cancel));
        draining = queue.Administration.DrainAsync("default", TimeSpan.Zero, Cancel).AsTask();
        await queue.Time.WaitForTimerAsync(1, Cancel);
        await queue.Administration.PauseAsync("default", isPaused: false, Cancel);
        await queue.EnqueueAsync("t2");
        var late = Assert.Single(await queue.Leases.LeaseAsync(new LeaseRequest { Worker = queue.Worker }, Cancel));

        queue.Time.Advance(TimeSpan.FromMilliseconds(200));
        await queue.Time.WaitForTimerAsync(1, Cancel);

        var renewals = await queue.Leases.RenewAsync([lease.Token, late.Token], TimeSpan.FromMinutes(1), Cancel);
        Assert.All(renewals, renewal => Assert.True(renewal.ReleaseRequested));
        await queue.Leases.EndAsync([TaskOutcome.Released(lease.Token), TaskOutcome.Released(late.Token)], null, Cancel);
        await draining;
    }

    [Fact]
    public async Task Wrong_arguments_are_refused()
    {
        await using var queue = new TestQueue();
        var administration = queue.Administration;

        await Assert.ThrowsAsync<ArgumentException>(() => administration.PauseAsync("no name", cancellationToken: Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => administration.DrainAsync("default", TimeSpan.FromSeconds(-1), Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => administration.ReprioritizeAsync("t1", 101, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await administration.GetEventsAsync(limit: 0, cancellationToken: Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await administration.GetLogAsync("t1", limit: 10_001, cancellationToken: Cancel));
    }
}
