using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.History;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.History;

public sealed class HistoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_entries_of_an_instance_come_first()
    {
        var history = new InMemoryContainerHistory();
        await history.AppendAsync([Transition("a-1", InstanceState.Creating), Transition("a-2", InstanceState.Creating), Transition("a-1", InstanceState.Starting)], [Check("a-1")], Cancel);

        Assert.Equal([InstanceState.Starting, InstanceState.Creating], (await history.ListTransitionsAsync("a", "a-1", 10, Cancel)).Select(entry => entry.To));
        Assert.Equal("a-1", Assert.Single(await history.ListTransitionsAsync("a", null, 1, Cancel)).ContainerName);
        Assert.Empty(await history.ListTransitionsAsync("b", null, 10, Cancel));
        Assert.Single(await history.ListHealthChecksAsync("a", null, 10, Cancel));
        Assert.Empty(await history.ListHealthChecksAsync("a", "a-2", 10, Cancel));
    }

    [Fact]
    public async Task Memory_keeps_a_limited_number()
    {
        var history = new InMemoryContainerHistory();

        for (var batch = 0; batch < 110; batch++)
        {
            await history.AppendAsync([.. Enumerable.Range(0, 100).Select(_ => Transition("a-1", InstanceState.Ready))], [], Cancel);
        }

        Assert.Equal(10_000, (await history.ListTransitionsAsync("a", null, int.MaxValue, Cancel)).Count);
    }

    [Fact]
    public async Task A_batch_that_could_not_be_written_is_written_later()
    {
        var clock = new ManualTimeProvider();
        var store = new FailingHistory { Failures = 2 };
        var writer = new HistoryWriter(store, clock, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = writer.RunAsync(stop.Token);

        writer.Add(Transition("a-1", InstanceState.Creating));
        for (var failure = 0; failure < 2; failure++)
        {
            await clock.WaitForTimerAsync(1, Cancel);
            clock.Advance(TimeSpan.FromSeconds(5));
        }

        await store.Kept.Task.WaitAsync(Cancel);
        await stop.CancelAsync();
        await running;
        Assert.Single(await store.Inner.ListTransitionsAsync("a", null, 10, Cancel));
    }

    [Fact]
    public async Task The_batch_at_which_the_writer_was_stopped_is_written_at_the_end()
    {
        var clock = new ManualTimeProvider();
        var store = new FailingHistory { Failures = 1 };
        var writer = new HistoryWriter(store, clock, NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = writer.RunAsync(stop.Token);
        writer.Add(Transition("a-1", InstanceState.Creating));
        await clock.WaitForTimerAsync(1, Cancel);

        await stop.CancelAsync();
        await running;
        writer.Add(Transition("a-1", InstanceState.Starting));
        await writer.FlushAsync(Cancel);

        Assert.Equal([InstanceState.Starting, InstanceState.Creating], (await store.Inner.ListTransitionsAsync("a", null, 10, Cancel)).Select(entry => entry.To));
    }

    [Fact]
    public async Task A_batch_that_the_store_refuses_holds_up_no_other()
    {
        var store = new FailingHistory { Failures = 1, Error = new ArgumentException("It is refused.") };
        var writer = new HistoryWriter(store, new ManualTimeProvider(), NullLogger.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = writer.RunAsync(stop.Token);

        writer.Add(Transition("a-1", InstanceState.Creating));
        await store.Failed.Task.WaitAsync(Cancel);
        writer.Add(Transition("a-2", InstanceState.Creating));
        await store.Kept.Task.WaitAsync(Cancel);
        await stop.CancelAsync();
        await running;

        Assert.Equal("a-2", Assert.Single(await store.Inner.ListTransitionsAsync("a", null, 10, Cancel)).ContainerName);
    }

    [Fact]
    public async Task What_is_left_is_written_at_the_end_and_more_than_the_line_holds_drops_the_oldest()
    {
        var store = new FailingHistory();
        var writer = new HistoryWriter(store, new ManualTimeProvider(), NullLogger.Instance);

        for (var entry = 0; entry < 5_000; entry++)
        {
            writer.Add(Transition($"a-{entry}", InstanceState.Creating));
        }

        await writer.FlushAsync(Cancel);
        var kept = await store.Inner.ListTransitionsAsync("a", null, 10_000, Cancel);
        Assert.Equal((4_096, "a-4999"), (kept.Count, kept[0].ContainerName));
    }

    private static ContainerTransition Transition(string instance, InstanceState to) =>
        new() { Pool = "a", ContainerName = instance, WorkerName = "w", To = to, Reason = "test", At = ManualTimeProvider.DefaultStart };

    private static ContainerHealthCheck Check(string instance) =>
        new() { Pool = "a", ContainerName = instance, WorkerName = "w", Kind = ContainerCheckKind.Readiness, Passed = true, At = ManualTimeProvider.DefaultStart };

    private sealed class FailingHistory : IContainerHistory
    {
        public InMemoryContainerHistory Inner { get; } = new();

        public int Failures { get; set; }

        public Exception Error { get; init; } = new InvalidOperationException("The store is away.");

        public TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Kept { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask AppendAsync(ValueList<ContainerTransition> transitions, ValueList<ContainerHealthCheck> checks, CancellationToken cancellationToken)
        {
            if (Failures-- > 0)
            {
                Failed.TrySetResult();
                throw Error;
            }

            await Inner.AppendAsync(transitions, checks, cancellationToken);
            Kept.TrySetResult();
        }

        public ValueTask<ValueList<ContainerTransition>> ListTransitionsAsync(string pool, string? instance, int limit, CancellationToken cancellationToken) =>
            Inner.ListTransitionsAsync(pool, instance, limit, cancellationToken);

        public ValueTask<ValueList<ContainerHealthCheck>> ListHealthChecksAsync(string pool, string? instance, int limit, CancellationToken cancellationToken) =>
            Inner.ListHealthChecksAsync(pool, instance, limit, cancellationToken);
    }
}
