using Orchestrator.Queue.Signals;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Signals;

public sealed class SignalTests
{
    private readonly ManualTimeProvider _time = new();

    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task A_signal_set_before_the_wait_wakes_it_once()
    {
        using var signal = new Signal(_time, _ => { });
        signal.Set();
        signal.Set();

        Assert.True(signal.WaitAsync(TimeSpan.FromHours(1), Cancel).AsTask().IsCompletedSuccessfully);
        var second = signal.WaitAsync(TimeSpan.FromHours(1), Cancel).AsTask();
        Assert.False(second.IsCompleted);
        signal.Set();
        await second;
    }

    [Fact]
    public async Task A_wait_ends_when_its_time_went_by_and_leaves_no_timer()
    {
        using var signal = new Signal(_time, _ => { });
        var waiting = signal.WaitAsync(TimeSpan.FromSeconds(1), Cancel).AsTask();

        _time.Advance(TimeSpan.FromSeconds(1));
        await waiting;

        Assert.Equal(0, _time.ArmedTimers);
    }

    [Fact]
    public async Task A_wait_can_be_given_up_and_the_signal_used_again()
    {
        using var signal = new Signal(_time, _ => { });
        using var impatient = new CancellationTokenSource();
        var waiting = signal.WaitAsync(TimeSpan.FromHours(1), impatient.Token).AsTask();

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var again = signal.WaitAsync(TimeSpan.FromHours(1), Cancel).AsTask();
        signal.Set();
        await again;
    }

    [Fact]
    public async Task Everybody_who_watches_a_task_is_woken_and_nobody_after_they_stopped()
    {
        var signals = new TaskSignals(_time);
        using var first = signals.WatchTask("t1");
        using var second = signals.WatchTask("t1");
        var other = signals.WatchTask("t2");
        other.Dispose();

        signals.Changed("t1");
        signals.Changed("t2");

        await first.WaitAsync(TimeSpan.FromHours(1), Cancel);
        await second.WaitAsync(TimeSpan.FromHours(1), Cancel);
        Assert.Equal(0, _time.ArmedTimers);
    }
}
