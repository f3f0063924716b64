using Orchestrator.Containers;
using Orchestrator.Json;

namespace Orchestrator.Cli.Tests.Commands.Containers;

/// <summary>What hosts told, in memory; nobody can ask anything of them.</summary>
internal sealed class FixedState : IContainerPoolState
{
    private readonly List<PoolStateEntry> _entries = [];

    public void Tell(string worker, DateTimeOffset at, PoolStatus status) => _entries.Add(new PoolStateEntry
    {
        Pool = status.Pool,
        WorkerName = worker,
        Key = PoolStateEntry.StatusKey,
        Value = OrchestratorJson.Write(status, OrchestratorJsonContext.Default.PoolStatus),
        At = at,
    });

    public ValueTask<ValueList<PoolStateEntry>> ListAsync(string? pool, CancellationToken cancellationToken) => ValueTask.FromResult(_entries.ToValueList());

    public ValueTask<PoolStateEntry?> GetAsync(string pool, string workerName, string key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<long?> SetAsync(PoolStateEntry entry, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask AddRequestAsync(PoolRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<PoolRequest?> FindRequestAsync(Guid id, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<ValueList<PoolRequest>> TakeRequestsAsync(string workerName, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<bool> EndRequestAsync(Guid id, PoolRequestState state, string? message, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();
}
