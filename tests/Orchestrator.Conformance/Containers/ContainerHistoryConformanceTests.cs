using Orchestrator.Containers;

namespace Orchestrator.Conformance.Containers;

/// <summary>What every <see cref="IContainerHistory"/> must do. Each test starts with an empty history.</summary>
public abstract class ContainerHistoryConformanceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 30, 15, 123, TimeSpan.Zero);

    /// <summary>Opens the test's history: once more each time it is called, as another process would. A history in memory gives the same one.</summary>
    protected abstract IContainerHistory Open();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_are_kept_whole()
    {
        var (transition, check) = (Transition("a-1", 1) with { EngineId = "0123abc", From = InstanceState.Starting }, Check("a-1", 1) with { Message = "status 503", Duration = TimeSpan.FromMicroseconds(812) });

        await Open().AppendAsync([transition], [check], Cancel);

        Assert.Equal([transition], await Open().ListTransitionsAsync("a", null, 10, Cancel));
        Assert.Equal([check], await Open().ListHealthChecksAsync("a", null, 10, Cancel));
    }

    [Fact]
    public async Task Entries_without_what_may_be_missing_are_kept_whole()
    {
        var (transition, check) = (Transition("a-1", 1), Check("a-1", 1));

        await Open().AppendAsync([transition], [check], Cancel);

        Assert.Equal([transition], await Open().ListTransitionsAsync("a", "a-1", 10, Cancel));
        Assert.Equal([check], await Open().ListHealthChecksAsync("a", "a-1", 10, Cancel));
    }

    [Fact]
    public async Task The_newest_entries_come_first_by_pool_and_instance()
    {
        var history = Open();
        await history.AppendAsync([Transition("a-1", 1), Transition("a-2", 1), Transition("a-1", 1)], [Check("a-1", 1), Check("a-2", 2)], Cancel);
        await history.AppendAsync([Transition("a-1", 3), Transition("b-1", 4) with { Pool = "b" }], [Check("a-1", 3)], Cancel);

        Assert.Equal(["a-1", "a-1", "a-2", "a-1"], (await Open().ListTransitionsAsync("a", null, 10, Cancel)).Select(entry => entry.ContainerName));
        Assert.Equal([Now.AddSeconds(3), Now.AddSeconds(1)], (await Open().ListTransitionsAsync("a", "a-1", 2, Cancel)).Select(entry => entry.At));
        Assert.Equal("b-1", Assert.Single(await Open().ListTransitionsAsync("b", null, 10, Cancel)).ContainerName);
        Assert.Equal(["a-1", "a-2"], (await Open().ListHealthChecksAsync("a", null, 2, Cancel)).Select(entry => entry.ContainerName));
        Assert.Equal([Now.AddSeconds(3), Now.AddSeconds(1)], (await Open().ListHealthChecksAsync("a", "a-1", 10, Cancel)).Select(entry => entry.At));
        Assert.Empty(await Open().ListTransitionsAsync("b", "a-1", 10, Cancel));
        Assert.Empty(await Open().ListHealthChecksAsync("b", null, 10, Cancel));
    }

    [Fact]
    public async Task A_batch_of_nothing_changes_nothing_and_one_of_many_is_kept_in_its_order()
    {
        await Open().AppendAsync([], [], Cancel);

        await Open().AppendAsync([.. Enumerable.Range(0, 256).Select(second => Transition("a-1", second))], [.. Enumerable.Range(0, 256).Select(second => Check("a-1", second))], Cancel);

        var expected = Enumerable.Range(0, 256).Reverse().Select(second => Now.AddSeconds(second)).ToList();
        Assert.Equal(expected, (await Open().ListTransitionsAsync("a", null, 1000, Cancel)).Select(entry => entry.At));
        Assert.Equal(expected, (await Open().ListHealthChecksAsync("a", null, 1000, Cancel)).Select(entry => entry.At));
    }

    [Fact]
    public async Task A_batch_that_was_given_up_before_keeps_nothing()
    {
        var history = Open();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => history.AppendAsync([Transition("a-1", 1)], [Check("a-1", 1)], new CancellationToken(canceled: true)).AsTask());

        Assert.Empty(await history.ListTransitionsAsync("a", null, 1, Cancel));
        Assert.Empty(await history.ListHealthChecksAsync("a", null, 1, Cancel));
    }

    [Fact]
    public async Task None_at_all_cannot_be_asked_for()
    {
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Open().ListTransitionsAsync("a", null, 0, Cancel).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Open().ListHealthChecksAsync("a", null, 0, Cancel).AsTask());
    }

    protected static ContainerTransition Transition(string instance, int second) =>
        new() { Pool = "a", ContainerName = instance, WorkerName = "w 1", To = InstanceState.CrashLoop, Reason = "it ended with exit code 1", At = Now.AddSeconds(second) };

    protected static ContainerHealthCheck Check(string instance, int second) =>
        new() { Pool = "a", ContainerName = instance, WorkerName = "w 1", Kind = ContainerCheckKind.Liveness, Passed = second % 2 == 0, At = Now.AddSeconds(second) };
}
