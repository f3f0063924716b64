using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.State;

/// <summary>Keeps the account of one pool: reads what was kept before, once, and writes it when it changed, each few seconds at most.</summary>
/// <remarks>For one caller at a time. Writes nothing before it has read, so that nothing is lost to a database that was away.</remarks>
internal sealed class AccountKeeping(IAccountedPool pool, string workerName, IContainerPoolState state, TimeProvider time, ILogger logger)
{
    public static readonly TimeSpan Interval = PoolTelling.Heartbeat;

    /// <summary>How often it is written while it stays the same: what is not written for days is deleted as old.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromMinutes(1);

    private const int LastTries = 2;

    private readonly KeptEntry _entry = new(pool.Name, workerName, PoolStateEntry.AccountKey, state, time);
    private PoolAccount? _kept;
    private long _keptAt;
    private bool _isRead;

    public async ValueTask ReadAsync(CancellationToken cancellationToken)
    {
        if (_isRead)
        {
            return;
        }

        var entry = await _entry.ReadAsync(cancellationToken).ConfigureAwait(false);
        var account = entry?.Value is { } value ? PoolAccount.Parse(value) : null;
        if (account is null && entry?.Value is not null)
        {
            Log.AccountUnreadable(logger, pool.Name);
        }

        pool.Recall(account);
        _isRead = true;
    }

    public async ValueTask KeepAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (pool.Account is { } account && IsDue(account))
        {
            await TrySetAsync(account, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The pool has stopped: keeps what it told since, at once.</summary>
    public async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (pool.Account is not { } account || account == _kept || IsNothing(account))
        {
            return;
        }

        // A write that was cut off may have gone through after all.
        for (var tried = 0; tried < LastTries && !await TrySetAsync(account, cancellationToken).ConfigureAwait(false); tried++)
        {
        }
    }

    private bool IsDue(PoolAccount account)
    {
        if (_kept is null)
        {
            return !IsNothing(account);
        }

        var age = time.GetElapsedTime(_keptAt);
        return age >= Renewal || (age >= Interval && account != _kept);
    }

    /// <summary>Pools without a rate and weights leave no trace.</summary>
    private bool IsNothing(PoolAccount account) => _entry.Version == 0 && account == PoolAccount.Empty;

    private async ValueTask<bool> TrySetAsync(PoolAccount account, CancellationToken cancellationToken)
    {
        var isKept = await _entry.TrySetAsync(account.ToJson(), cancellationToken).ConfigureAwait(false);
        if (isKept)
        {
            (_kept, _keptAt) = (account, time.GetTimestamp());
        }

        return isKept;
    }
}
