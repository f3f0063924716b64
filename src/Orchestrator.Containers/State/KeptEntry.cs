namespace Orchestrator.Containers.State;

/// <summary>One value of a pool that this host alone writes, over whatever version is there.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class KeptEntry(string pool, string workerName, string key, IContainerPoolState state, TimeProvider time)
{
    /// <summary>The version that is there; null while that is not known.</summary>
    public long? Version { get; private set; }

    /// <summary>Reads what is there.</summary>
    public async ValueTask<PoolStateEntry?> ReadAsync(CancellationToken cancellationToken)
    {
        var entry = await state.GetAsync(pool, workerName, key, cancellationToken).ConfigureAwait(false);
        Version = entry?.Version ?? 0;
        return entry;
    }

    /// <summary>Writes a value, null to give it up.</summary>
    /// <returns>Whether it is written. If not, another version is there: what was kept was deleted as old, a write went through although it seemed to fail, or a second host has this worker's name. The next turn reads it anew.</returns>
    public async ValueTask<bool> TrySetAsync(string? value, CancellationToken cancellationToken)
    {
        if (Version is null)
        {
            await ReadAsync(cancellationToken).ConfigureAwait(false);
        }

        var entry = new PoolStateEntry { Pool = pool, WorkerName = workerName, Key = key, Value = value, At = time.GetUtcNow(), Version = Version!.Value };
        Version = await state.SetAsync(entry, cancellationToken).ConfigureAwait(false);
        return Version is not null;
    }
}
