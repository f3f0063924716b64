using Orchestrator.Containers;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary>What hosts tell, with a signal each time that one does.</summary>
internal sealed class SignallingState(IContainerPoolState inner) : IContainerPoolState
{
    private TaskCompletionSource _told = NewSignal();

    public IContainerPoolState Inner => inner;

    /// <summary>The next time that something is told. To be taken before looking.</summary>
    public Task Next => Volatile.Read(ref _told).Task;

    public ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken) => inner.GetAsync(pool, workerName, key, cancellationToken);

    public ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken) => inner.ListAsync(pool, cancellationToken);

    public async ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken)
    {
        var version = await inner.SetAsync(entry, cancellationToken);
        Interlocked.Exchange(ref _told, NewSignal()).TrySetResult();
        return version;
    }

    public ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken) => inner.AddRequestAsync(request, cancellationToken);

    public ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken) => inner.FindRequestAsync(id, cancellationToken);

    public ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken) => inner.TakeRequestsAsync(workerName, now, cancellationToken);

    public ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken) =>
        inner.EndRequestAsync(id, state, message, now, cancellationToken);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
