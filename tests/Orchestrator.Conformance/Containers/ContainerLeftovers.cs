using Orchestrator.Containers;

namespace Orchestrator.Conformance.Containers;

/// <summary>Leaves something of containers in a test's database, as of so many days ago.</summary>
/// <param name="history">The history.</param>
/// <param name="state">The state of pools.</param>
/// <param name="now">The time.</param>
public sealed class ContainerLeftovers(IContainerHistory history, IContainerPoolState state, DateTimeOffset now)
{
    private readonly List<Guid> _requests = [];

    /// <summary>Leaves entries of the history of each kind, a request and a value.</summary>
    /// <param name="days">How long ago.</param>
    /// <param name="entries">How many entries of each kind.</param>
    public async Task LeaveAsync(double days, int entries)
    {
        var at = now.AddDays(-days);
        await history.AppendAsync(
            [.. Enumerable.Repeat(new ContainerTransition { Pool = "a", ContainerName = "a-1", WorkerName = "w", To = InstanceState.Ready, Reason = "r", At = at }, entries)],
            [.. Enumerable.Repeat(new ContainerHealthCheck { Pool = "a", ContainerName = "a-1", WorkerName = "w", Kind = ContainerCheckKind.Startup, Passed = true, At = at }, entries)],
            CancellationToken.None);
        _requests.Add(Guid.CreateVersion7(at));
        await state.AddRequestAsync(
            new PoolRequest { Id = _requests[^1], Pool = "a", WorkerName = "w", Kind = PoolRequestKind.Scale, Instances = 1, CreatedAt = at, ExpiresAt = at.AddSeconds(30) }, CancellationToken.None);
        await state.SetAsync(new PoolStateEntry { Pool = "a", WorkerName = $"w{_requests.Count}", Key = PoolStateEntry.StatusKey, Value = "{}", At = at }, CancellationToken.None);
    }

    /// <summary>Leaves the account of a pool as its host keeps it: begun so many days ago, and written again since.</summary>
    /// <param name="days">How long ago it was begun.</param>
    /// <param name="since">How long ago it was written last.</param>
    public async Task KeepAsync(double days, double since)
    {
        var entry = new PoolStateEntry { Pool = "a", WorkerName = $"kept {days}", Key = PoolStateEntry.AccountKey, Value = "{}", At = now.AddDays(-days) };
        var version = await state.SetAsync(entry, CancellationToken.None);
        await state.SetAsync(entry with { Version = version!.Value, At = now.AddDays(-since) }, CancellationToken.None);
    }

    /// <summary>How many transitions, health checks, requests and values are left.</summary>
    public async Task<string> CountAsync()
    {
        var requests = 0;
        foreach (var id in _requests)
        {
            requests += await state.FindRequestAsync(id, CancellationToken.None) is null ? 0 : 1;
        }

        var transitions = await history.ListTransitionsAsync("a", null, 10_000, CancellationToken.None);
        var checks = await history.ListHealthChecksAsync("a", null, 10_000, CancellationToken.None);
        return $"{transitions.Count} {checks.Count} {requests} {(await state.ListAsync(null, CancellationToken.None)).Count}";
    }
}
