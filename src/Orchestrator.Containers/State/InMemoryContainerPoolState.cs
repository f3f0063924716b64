namespace Orchestrator.Containers.State;

/// <summary>Keeps what pools tell and what is asked of them in memory, for hosts without a database: only this process can ask.</summary>
internal sealed class InMemoryContainerPoolState : IContainerPoolState, IVolatileStore
{
    private const int KeptRequests = 1_000;

    private readonly Lock _gate = new(); // guards both
    private readonly SortedDictionary<(string Pool, string Worker, string Key), PoolStateEntry> _entries = new(Comparer<(string Pool, string Worker, string Key)>.Create(Compare));
    private readonly List<PoolRequest> _requests = [];

    public ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_entries.GetValueOrDefault((pool, workerName, key)));
        }
    }

    public ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<ValueList<PoolStateEntry>>([.. _entries.Values.Where(entry => pool is null || entry.Pool == pool)]);
        }
    }

    public ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        cancellationToken.ThrowIfCancellationRequested();
        var key = (entry.Pool, entry.WorkerName, entry.Key);
        lock (_gate)
        {
            var version = _entries.GetValueOrDefault(key)?.Version ?? 0;
            if (version != entry.Version)
            {
                return ValueTask.FromResult<long?>(null);
            }

            _entries[key] = entry with { Version = version + 1 };
            return ValueTask.FromResult<long?>(version + 1);
        }
    }

    public ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.State != PoolRequestState.Pending)
        {
            throw new ArgumentException("A request is pending when it is left.", nameof(request));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (!_requests.Exists(other => other.Id == request.Id))
            {
                if (_requests.Count == KeptRequests)
                {
                    _requests.RemoveAt(0);
                }

                _requests.Add(request);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_requests.Find(request => request.Id == id));
        }
    }

    public ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(workerName);
        cancellationToken.ThrowIfCancellationRequested();
        var taken = new List<PoolRequest>();
        lock (_gate)
        {
            for (var index = 0; index < _requests.Count; index++)
            {
                if (_requests[index] is { State: PoolRequestState.Pending } request && request.WorkerName == workerName && request.ExpiresAt > now)
                {
                    taken.Add(_requests[index] = request with { State = PoolRequestState.Taken });
                }
            }
        }

        return ValueTask.FromResult(taken.ToValueList());
    }

    public ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (state is not (PoolRequestState.Done or PoolRequestState.Refused))
        {
            throw new ArgumentException("A request ends done or refused.", nameof(state));
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var index = _requests.FindIndex(request => request.Id == id && request.State == PoolRequestState.Taken);
            if (index >= 0)
            {
                _requests[index] = _requests[index] with { State = state, Message = message, EndedAt = now };
            }

            return ValueTask.FromResult(index >= 0);
        }
    }

    private static int Compare((string Pool, string Worker, string Key) left, (string Pool, string Worker, string Key) right) =>
        string.CompareOrdinal(left.Pool, right.Pool) is not 0 and var pool ? pool
        : string.CompareOrdinal(left.Worker, right.Worker) is not 0 and var worker ? worker
        : string.CompareOrdinal(left.Key, right.Key);
}
