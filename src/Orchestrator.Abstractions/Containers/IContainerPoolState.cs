namespace Orchestrator.Containers;

/// <summary>What hosts tell of their pools, and what other processes ask of them: the way from <c>orchestrator containers</c> to a running host.</summary>
/// <remarks>
/// Thread-safe. Tables <c>container_pool_state</c> and <c>container_pool_requests</c>. A balancer tells at most once a second, and looks for requests as often; no lease waits for it.
/// A request is for one host, is taken at most once, and not at all after its end: what was not taken in time never happens.
/// </remarks>
public interface IContainerPoolState
{
    /// <summary>A value of a pool.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="workerName">Whose host told it, as in <see cref="PoolStateEntry.WorkerName"/>.</param>
    /// <param name="key">What it is, such as <see cref="PoolStateEntry.StatusKey"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The value; <see langword="null"/> when it was never set.</returns>
    ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken);

    /// <summary>The values of pools, by pool, worker and key.</summary>
    /// <param name="pool">The pool; <see langword="null"/> for all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The values, also those that were given up.</returns>
    ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken);

    /// <summary>Sets a value, if nobody else has done so meanwhile.</summary>
    /// <param name="entry">The value, with the <see cref="PoolStateEntry.Version"/> that it is to replace; 0 for one that is not there.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The new version; <see langword="null"/> when another version is there, and nothing was changed.</returns>
    ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken);

    /// <summary>Leaves a request for a host. One that is there already, by its id, is left as it is.</summary>
    /// <param name="request">The request, <see cref="PoolRequestState.Pending"/>.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is kept.</returns>
    /// <exception cref="ArgumentException">The request is not pending.</exception>
    ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken);

    /// <summary>A request as it stands.</summary>
    /// <param name="id">The request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The request; <see langword="null"/> when there is none.</returns>
    ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Takes the requests for a host that are pending and not over: each is given out once, whoever asks.</summary>
    /// <param name="workerName">The worker that the requests name.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The requests, now <see cref="PoolRequestState.Taken"/>, in the order in which they were left.</returns>
    ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Tells what came of a request that was taken.</summary>
    /// <param name="id">The request.</param>
    /// <param name="state"><see cref="PoolRequestState.Done"/> or <see cref="PoolRequestState.Refused"/>.</param>
    /// <param name="message">What there is to say; <see langword="null"/> for nothing.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether it was taken and had no outcome; otherwise nothing was changed.</returns>
    /// <exception cref="ArgumentException"><paramref name="state"/> is no outcome.</exception>
    ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken);
}
