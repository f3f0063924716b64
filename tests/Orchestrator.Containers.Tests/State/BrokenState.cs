using Orchestrator.Containers.State;

namespace Orchestrator.Containers.Tests.State;

/// <summary>A state whose database is away for some calls.</summary>
internal sealed class BrokenState : IContainerPoolState
{
    public InMemoryContainerPoolState Inner { get; } = new();

    public int Failures { get; set; }

    /// <summary>Reads that fail from now on.</summary>
    public int FailedReads { get; set; }

    /// <summary>A pool of which nothing can be read.</summary>
    public string? UnreadablePool { get; init; }

    public ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken) =>
        pool == UnreadablePool ? throw new FormatException("There is no such time.") : FailedReads-- > 0 ? throw new IOException("The database is away.") : Inner.GetAsync(pool, workerName, key, cancellationToken);

    public ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken) => Inner.ListAsync(pool, cancellationToken);

    public ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken) => Inner.SetAsync(entry, cancellationToken);

    public ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken) => Inner.AddRequestAsync(request, cancellationToken);

    public ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken) => Inner.FindRequestAsync(id, cancellationToken);

    public ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken) =>
        Failures-- > 0 ? throw new IOException("The database is away.") : Inner.TakeRequestsAsync(workerName, now, cancellationToken);

    public ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken) =>
        Inner.EndRequestAsync(id, state, message, now, cancellationToken);
}
