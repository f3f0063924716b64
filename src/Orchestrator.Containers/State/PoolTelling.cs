using Orchestrator.Json;

namespace Orchestrator.Containers.State;

/// <summary>Tells how one pool is: when it changed, and again now and then while it stays the same.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class PoolTelling(string pool, string workerName, IContainerPoolState state, TimeProvider time)
{
    /// <summary>How long a pool that stays the same may be silent; its cost alone does not count as a change.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private PoolStatus? _told;
    private DateTimeOffset _toldAt;
    private long? _version;

    public async ValueTask TellAsync(PoolStatus status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var comparable = status with { CostUsd = 0, IdleCostUsd = 0 };
        if (comparable == _told && now - _toldAt < Heartbeat)
        {
            return;
        }

        if (await TrySetAsync(OrchestratorJson.Write(status, OrchestratorJsonContext.Default.PoolStatus), now, cancellationToken).ConfigureAwait(false))
        {
            (_told, _toldAt) = (comparable, now);
        }
    }

    /// <summary>The host stops: from now on nobody knows.</summary>
    public async ValueTask GiveUpAsync(CancellationToken cancellationToken)
    {
        if (_told is not null)
        {
            _told = null;
            await TrySetAsync(null, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<bool> TrySetAsync(string? value, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _version ??= (await state.GetAsync(pool, workerName, PoolStateEntry.StatusKey, cancellationToken).ConfigureAwait(false))?.Version ?? 0;
        var entry = new PoolStateEntry { Pool = pool, WorkerName = workerName, Key = PoolStateEntry.StatusKey, Value = value, At = now, Version = _version.Value };

        // Another version is there when what was kept was deleted as old, or when a second host has this worker's name: the next turn reads it anew.
        _version = await state.SetAsync(entry, cancellationToken).ConfigureAwait(false);
        return _version is not null;
    }
}
