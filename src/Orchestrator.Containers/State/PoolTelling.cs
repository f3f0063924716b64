using Orchestrator.Json;

namespace Orchestrator.Containers.State;

/// <summary>Tells how one pool is: when it changed, and again now and then while it stays the same.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class PoolTelling(string pool, string workerName, IContainerPoolState state, TimeProvider time)
{
    /// <summary>How long a pool that stays the same may be silent; its cost alone does not count as a change.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly KeptEntry _entry = new(pool, workerName, PoolStateEntry.StatusKey, state, time);
    private PoolStatus? _told;
    private DateTimeOffset _toldAt;

    public async ValueTask TellAsync(PoolStatus status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var comparable = status with { CostUsd = 0, IdleCostUsd = 0 };
        if (comparable == _told && now - _toldAt < Heartbeat)
        {
            return;
        }

        if (await _entry.TrySetAsync(OrchestratorJson.Write(status, OrchestratorJsonContext.Default.PoolStatus), cancellationToken).ConfigureAwait(false))
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
            await _entry.TrySetAsync(null, cancellationToken).ConfigureAwait(false);
        }
    }
}
