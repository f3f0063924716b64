using Orchestrator.Providers;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Attempts;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Attempts;

public sealed class AttemptDeadlineTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_timer_that_fires_before_the_clock_says_so_ends_the_task_with_a_value_too()
    {
        var clock = new EarlyClock();
        var registry = new ProviderRegistry([new StubProvider(Provider("a"))], new ProviderRoutingOptions { Seed = 1 });
        var attempts = new ProviderAttempts(new ProviderRouter(registry, clock), registry, new AdmissionDesk(registry, clock), clock);
        var task = NewTask() with { Deadline = clock.GetUtcNow() + TimeSpan.FromMinutes(1) };

        var running = attempts.RunAsync<string>(new AttemptRequest { Task = task }, async (context, token) => await AttemptRig.Hangs(context, token), Token);
        clock.Fire();

        Assert.Equal(FailureClass.Timeout, (await running).Failure!.Class);
    }

    /// <summary>A clock that stands still, and whose timers fire when the test says so.</summary>
    private sealed class EarlyClock : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public override DateTimeOffset GetUtcNow() => ManualTimeProvider.DefaultStart;

        public override long GetTimestamp() => 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((callback, state));
            return new Nothing();
        }

        public void Fire() => _timers.ForEach(timer => timer.Callback(timer.State));
    }

    private sealed class Nothing : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            // Nothing is held.
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
