using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.State;

/// <summary>Reservations in a state store that lasts. The store decides; what this process believes is corrected by its answers.</summary>
/// <remarks>Thread-safe. A reservation that cannot be checked is refused; a settlement that cannot be written is kept and repeated.</remarks>
internal sealed class StoredReservations(IRoutingStateStore store, BudgetBook book, ILogger logger)
{
    private readonly ConcurrentQueue<BudgetSettlement> _later = new();

    // 1 while somebody repeats settlements, so that none is written twice at once.
    private int _isFlushing;

    /// <summary>Settlements that are still to be written.</summary>
    public int Pending => _later.Count;

    /// <summary>Reserves.</summary>
    /// <returns>Why not, or null; and what the store says about the windows.</returns>
    public async ValueTask<(RejectionDetail? Rejection, ValueList<BudgetBalance> Balances)> ReserveAsync(
        string attemptId, ValueList<BudgetClaim> claims, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            var reservation = new BudgetReservation { Id = attemptId, Claims = claims, Duration = duration };
            var result = await store.ReserveAsync(reservation, cancellationToken).ConfigureAwait(false);
            return (result.Reserved ? null : AdmissionRejections.ExhaustedInStore(result.Exhausted), result.Balances ?? []);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.BudgetStoreUnreachable(logger, error, attemptId);
            return (AdmissionRejections.Unreachable(error), []);
        }
    }

    public async ValueTask<bool> RenewAsync(string attemptId, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            return await store.RenewAsync(attemptId, duration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.RenewalFailed(logger, error, attemptId);
            return false;
        }
    }

    /// <summary>Books what was spent, now or, when that fails or the caller gives up, later.</summary>
    public async ValueTask SettleAsync(BudgetSettlement settlement, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            Correct(await store.SettleAsync(settlement, cancellationToken).ConfigureAwait(false), now);
        }
        catch (Exception error)
        {
            // Also when the caller gave up: the money is spent.
            Log.SettlementPostponed(logger, error, settlement.Id);
            Later(settlement);
        }
    }

    public void Later(BudgetSettlement settlement) => _later.Enqueue(settlement);

    /// <summary>Writes what was put off; stops at the first that fails.</summary>
    public async ValueTask FlushAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isFlushing, 1) != 0)
        {
            return;
        }

        try
        {
            while (_later.TryPeek(out var settlement))
            {
                Correct(await store.SettleAsync(settlement, cancellationToken).ConfigureAwait(false), now);
                _later.TryDequeue(out _);
            }
        }
        finally
        {
            Volatile.Write(ref _isFlushing, 0);
        }
    }

    /// <summary>Reads how all windows stand.</summary>
    /// <returns>How many there are.</returns>
    public async ValueTask<int> RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var balances = await store.ListBalancesAsync(now, cancellationToken).ConfigureAwait(false);
        Correct(balances, now);
        return balances.Count;
    }

    /// <summary>Takes over what the store says.</summary>
    public void Correct(ValueList<BudgetBalance> balances, DateTimeOffset now)
    {
        foreach (var balance in balances)
        {
            foreach (var ledger in book.Ledgers)
            {
                if (ledger.Name == balance.Key.Budget
                    && ledger.GetOrAdd(balance.Key.Owner, now.UtcTicks)?.Current(now.UtcTicks) is { } period && period.Key == balance.Key)
                {
                    period.Money.Correct(Sum(balance.SpentNanoUsd, balance.ReservedNanoUsd));
                    period.Tokens.Correct(Sum(balance.SpentTokens, balance.ReservedTokens));
                }
            }
        }
    }

    // Half the range, so that what this process adds does not overflow; no cap is larger.
    private static long Sum(long spent, long reserved) => (long)Math.Min(long.MaxValue / 2, (ulong)spent + (ulong)reserved);
}
