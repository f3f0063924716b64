using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Tests.Workers;

public sealed class ExchangeOverlapTests : IDisposable
{
    private const int Concurrency = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HeldHandler _handler = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _second = new();
    private int _exchanges;
    private bool _isBeside;

    public void Dispose() => _second.Dispose();

    [Fact]
    public async Task A_second_exchange_begins_beside_the_first_once_enough_has_ended()
    {
        await using var queue = Queue();

        await EndAllAsync(queue, () => null);

        Assert.True(_isBeside);
        Assert.Equal(Concurrency, ((WatchedLeases)queue.Leases).Exchanged.Sum(exchange => exchange.Outcomes.Count));
    }

    [Fact]
    public async Task What_a_second_exchange_could_not_store_is_stored_by_the_first_that_can()
    {
        await using var queue = Queue();

        await EndAllAsync(queue, () => new StorageException(StorageErrorCodes.Busy, "Too busy.", null, isTransient: true));

        // A worker that has stopped has also said what there was to say.
        var completed = (await queue.Administration.GetStatisticsAsync(cancellationToken: TestQueue.Cancel)).Completed;
        await queue.StopAsync();
        Assert.True(_isBeside);
        Assert.Contains(queue.Logs.Entries, entry => entry.EventId.Id == 1114);
        Assert.Equal(Concurrency, completed);
    }

    // The first exchange, with the outcome of one task, waits for the second, with those of the others.
    private async Task EndAllAsync(TestQueue queue, Func<Exception?> failure)
    {
        await queue.Queue.EnqueueAsync(
            Enumerable.Range(0, Concurrency).Select(i => new TaskSubmission { Id = $"t{i}", Type = "test", Payload = "1" }).ToValueList(), TestQueue.Cancel);
        await queue.StartAsync();
        foreach (var _ in Enumerable.Range(0, Concurrency))
        {
            await _handler.StartedAsync();
        }

        ((WatchedLeases)queue.Leases).Refuse = _ => Exchange(failure);
        _handler.GoOn(TaskHandlerResult.Completed());
        await _first.Task.WaitAsync(Patience, TestQueue.Cancel);
        foreach (var _ in Enumerable.Range(1, Concurrency - 1))
        {
            _handler.GoOn(TaskHandlerResult.Completed());
        }

        foreach (var i in Enumerable.Range(0, Concurrency))
        {
            await queue.FinishedAsync($"t{i}");
        }
    }

    private Exception? Exchange(Func<Exception?> failure)
    {
        switch (Interlocked.Increment(ref _exchanges))
        {
            case 1:
                _first.SetResult();
                _isBeside = _second.Wait(Patience);
                return null;
            case 2:
                _second.Set();
                return failure();
            default:
                return null;
        }
    }

    private TestQueue Queue() => new(_handler.HandleAsync, builder =>
    {
        StoreProxy.Watch(builder.Services, static _ => { }, overlaps: true);
        builder.Services.AddSingleton<ITaskLeases>(WatchedLeases.Watch);
        builder.AddWorker(options => options.Concurrency = Concurrency);
    });
}
