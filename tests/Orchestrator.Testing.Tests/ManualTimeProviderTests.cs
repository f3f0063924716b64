namespace Orchestrator.Testing.Tests;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void Timers_fire_in_the_order_in_which_they_fall_due_and_see_their_own_due_time()
    {
        var fired = new List<string>();
        using var late = Timer("late", 3, fired);
        using var early = Timer("early", 1, fired);
        using var middle = Timer("middle", 2, fired);

        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(["early@1", "middle@2", "late@3"], fired);
        Assert.Equal(10, Seconds());
    }

    [Fact]
    public void Timers_due_together_fire_in_the_order_in_which_they_were_armed()
    {
        var fired = new List<string>();
        using var first = Timer("first", 1, fired);
        using var second = Timer("second", 1, fired);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["first@1", "second@1"], fired);
    }

    [Fact]
    public void A_periodic_timer_fires_as_often_as_it_falls_due()
    {
        var fired = new List<double>();
        using var timer = _time.CreateTimer(_ => fired.Add(Seconds()), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal([1, 3, 5], fired);
    }

    [Fact]
    public void A_timer_armed_by_a_callback_fires_in_the_same_advance_when_it_falls_due()
    {
        var fired = new List<string>();
        ITimer? next = null;
        using var timer = _time.CreateTimer(_ => next = Timer("next", 1, fired), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _time.Advance(TimeSpan.FromSeconds(5));
        next!.Dispose();

        Assert.Equal(["next@2"], fired);
    }

    [Fact]
    public void A_disposed_timer_and_one_that_was_stopped_never_fire()
    {
        var fired = new List<string>();
        var disposed = Timer("disposed", 1, fired);
        using var stopped = Timer("stopped", 1, fired);

        disposed.Dispose();
        stopped.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(fired);
        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task A_delay_ends_when_its_time_has_come_and_not_before()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(1), _time, Cancelled);

        _time.Advance(TimeSpan.FromSeconds(59));
        var before = delay.IsCompleted;
        _time.Advance(TimeSpan.FromSeconds(1));
        await delay;

        Assert.False(before);
    }

    [Fact]
    public async Task A_test_can_wait_until_a_timer_is_armed()
    {
        var waiting = _time.WaitForTimerAsync(2, Cancelled);
        using var one = Timer("one", 1, []);
        var afterOne = waiting.IsCompleted;
        using var two = Timer("two", 1, []);

        await waiting;

        Assert.False(afterOne);
        Assert.Equal(2, _time.ArmedTimers);
        Assert.Equal(ManualTimeProvider.DefaultStart.AddSeconds(1), _time.NextDue);
    }

    [Fact]
    public async Task Waiting_for_a_timer_that_nobody_arms_can_be_cancelled()
    {
        using var source = new CancellationTokenSource();
        var waiting = _time.WaitForTimerAsync(1, source.Token);

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Timestamps_measure_the_time_that_was_advanced()
    {
        var start = _time.GetTimestamp();

        _time.Advance(TimeSpan.FromMilliseconds(1234));

        Assert.Equal(TimeSpan.FromMilliseconds(1234), _time.GetElapsedTime(start));
    }

    [Fact]
    public async Task A_timer_due_at_once_fires_without_an_advance()
    {
        var fired = new TaskCompletionSource();
        using var timer = _time.CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await fired.Task.WaitAsync(Cancelled);

        Assert.Equal(0, Seconds());
    }

    [Fact]
    public async Task Advances_from_many_threads_add_up()
    {
        var count = 0;
        using var timer = _time.CreateTimer(_ => Interlocked.Increment(ref count), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        await Parallel.ForAsync(0, 100, Cancelled, (_, _) =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return ValueTask.CompletedTask;
        });

        Assert.Equal(100, Seconds());
        Assert.Equal(100, count);
    }

    private ITimer Timer(string name, int seconds, List<string> fired) =>
        _time.CreateTimer(_ => fired.Add($"{name}@{Seconds()}"), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);

    private double Seconds() => (_time.GetUtcNow() - ManualTimeProvider.DefaultStart).TotalSeconds;
}
