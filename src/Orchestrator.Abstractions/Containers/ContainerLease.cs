namespace Orchestrator.Containers;

/// <summary>A time-limited right to a slot of one instance. Disposing it gives the slot back.</summary>
/// <remarks>Thread-safe. The balancer that handed it out knows how to renew and release it.</remarks>
public sealed class ContainerLease : IAsyncDisposable
{
    private const decimal NanoUsd = 1_000_000_000m;
    private const decimal MostUsd = 9_000_000_000m;
    private const long Open = -1;

    private readonly IContainerLeaseOwner _owner;
    private long _finalNanoUsd = Open; // what it cost in the end; a lease takes no more memory for it
    private int _released;

    /// <summary>Creates a lease; balancers do.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="instance">The instance's name.</param>
    /// <param name="engineId">The engine's id of the instance.</param>
    /// <param name="token">The fencing token: grows with every lease of the pool.</param>
    /// <param name="owner">Renews and releases it, and knows its cost.</param>
    public ContainerLease(string pool, string instance, string engineId, long token, IContainerLeaseOwner owner)
    {
        ArgumentException.ThrowIfNullOrEmpty(pool);
        ArgumentException.ThrowIfNullOrEmpty(instance);
        ArgumentException.ThrowIfNullOrEmpty(engineId);
        ArgumentNullException.ThrowIfNull(owner);
        (Pool, Instance, EngineId, Token, _owner) = (pool, instance, engineId, token, owner);
    }

    /// <summary>The pool.</summary>
    public string Pool { get; }

    /// <summary>The instance's name: the container name on every row.</summary>
    public string Instance { get; }

    /// <summary>The engine's id of the instance.</summary>
    public string EngineId { get; }

    /// <summary>The fencing token.</summary>
    public long Token { get; }

    /// <summary>What it has cost so far, in US dollars: its share of its instance's time, at the pool's rate. Final once the lease has ended, however that was; 0 in a pool without a rate.</summary>
    public decimal CostUsd
    {
        get
        {
            if (Volatile.Read(ref _finalNanoUsd) is >= 0 and var known)
            {
                return known / NanoUsd;
            }

            var running = _owner.CostOf(this);
            return Volatile.Read(ref _finalNanoUsd) is >= 0 and var final ? final / NanoUsd : running; // it may have ended meanwhile
        }
    }

    /// <summary>Prolongs the lease.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether it still holds; when not, the work must stop.</returns>
    public ValueTask<bool> RenewAsync(CancellationToken cancellationToken) => _owner.RenewAsync(this, cancellationToken);

    /// <summary>Gives the slot back and says how the work went, which tells the balancer about the instance's health. Only the first call counts.</summary>
    /// <param name="succeeded">Whether the instance did its part.</param>
    /// <returns>When the slot is free.</returns>
    public ValueTask ReleaseAsync(bool succeeded) => Interlocked.Exchange(ref _released, 1) == 0 ? _owner.ReleaseAsync(this, succeeded) : ValueTask.CompletedTask;

    /// <summary>Tells what it has cost in the end; balancers do when it ends. Only the first call counts.</summary>
    /// <param name="costUsd">US dollars, to a nano-dollar; not negative.</param>
    public void Settle(decimal costUsd)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(costUsd);
        Interlocked.CompareExchange(ref _finalNanoUsd, (long)(Math.Min(costUsd, MostUsd) * NanoUsd), Open);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ReleaseAsync(succeeded: true);
}
