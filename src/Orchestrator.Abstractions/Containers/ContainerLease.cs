namespace Orchestrator.Containers;

/// <summary>A time-limited right to a slot of one instance. Disposing it gives the slot back.</summary>
/// <remarks>Thread-safe. The balancer that handed it out knows how to renew and release it.</remarks>
public sealed class ContainerLease : IAsyncDisposable
{
    private readonly Func<ContainerLease, CancellationToken, ValueTask<bool>> _renew;
    private readonly Func<ContainerLease, bool, ValueTask> _release;
    private int _released;

    /// <summary>Creates a lease; balancers do.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="instance">The instance's name.</param>
    /// <param name="engineId">The engine's id of the instance.</param>
    /// <param name="token">The fencing token: grows with every lease of the pool.</param>
    /// <param name="renew">Prolongs the lease; false when it was lost.</param>
    /// <param name="release">Gives the slot back; told whether the work went well.</param>
    public ContainerLease(
        string pool,
        string instance,
        string engineId,
        long token,
        Func<ContainerLease, CancellationToken, ValueTask<bool>> renew,
        Func<ContainerLease, bool, ValueTask> release)
    {
        ArgumentException.ThrowIfNullOrEmpty(pool);
        ArgumentException.ThrowIfNullOrEmpty(instance);
        ArgumentException.ThrowIfNullOrEmpty(engineId);
        ArgumentNullException.ThrowIfNull(renew);
        ArgumentNullException.ThrowIfNull(release);
        (Pool, Instance, EngineId, Token, _renew, _release) = (pool, instance, engineId, token, renew, release);
    }

    /// <summary>The pool.</summary>
    public string Pool { get; }

    /// <summary>The instance's name: the container name on every row.</summary>
    public string Instance { get; }

    /// <summary>The engine's id of the instance.</summary>
    public string EngineId { get; }

    /// <summary>The fencing token.</summary>
    public long Token { get; }

    /// <summary>Prolongs the lease.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it still holds; when not, the work must stop.</returns>
    public ValueTask<bool> RenewAsync(CancellationToken cancellationToken) => _renew(this, cancellationToken);

    /// <summary>Gives the slot back and says how the work went, which tells the balancer about the instance's health. Only the first call counts.</summary>
    /// <param name="succeeded">Whether the instance did its part.</param>
    /// <returns>When the slot is free.</returns>
    public ValueTask ReleaseAsync(bool succeeded) => Interlocked.Exchange(ref _released, 1) == 0 ? _release(this, succeeded) : ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ReleaseAsync(succeeded: true);
}
