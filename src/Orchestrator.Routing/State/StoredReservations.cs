using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.State;

/// <summary>Reservations in a state store that lasts. The store decides; what this process believes is corrected by its answers.</summary>
/// <remarks>Thread-safe. A reservation that cannot be checked is refused; a settlement that cannot be written is kept and repeated.</remarks>
internal sealed class StoredReservations(IRoutingStateStore store, BudgetBook book, ILogger logger)
{
    /// <summary>How long at most is waited between two listings of all windows.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    private readonly PostponedSettlements _later = new(store, logger);
    private long _nextRefresh;

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
        catch (Exception error)
        {
            // Nobody knows whether the store reserved it: it may have lost its answer after the commit.
            _later.AddGiveBack(attemptId);
            if (IsByCaller(error, cancellationToken))
            {
                throw;
            }

            Log.BudgetStoreUnreachable(logger, error, attemptId);
            return (AdmissionRejections.Unreachable(error), []);
        }
    }

    /// <summary>Renews.</summary>
    /// <returns>Whether the reservation is there; null when the store cannot be reached, and nobody knows.</returns>
    public async ValueTask<bool?> RenewAsync(string attemptId, TimeSpan duration, CancellationToken cancellationToken)
    {
        try
        {
            return await store.RenewAsync(attemptId, duration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!IsByCaller(error, cancellationToken))
        {
            Log.RenewalFailed(logger, error, attemptId);
            return null;
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

    public void Later(BudgetSettlement settlement) => _later.Add(settlement);

    /// <summary>Writes what was put off. What fails again stays for the next time and holds up nothing else.</summary>
    public ValueTask FlushAsync(DateTimeOffset now, CancellationToken cancellationToken) => _later.FlushAsync(balances => Correct(balances, now), cancellationToken);

    /// <summary>Reads how all windows stand, and takes them over.</summary>
    /// <returns>How many there are.</returns>
    public async ValueTask<int> LoadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var balances = await store.ListBalancesAsync(now, cancellationToken).ConfigureAwait(false);
        Pause(now, balances.Count);
        Correct(balances, now, addsOwners: true);
        return balances.Count;
    }

    /// <summary>
    /// Reads anew how the windows stand that this process knows, and forgets owners of whom nothing counts any more: the store knows them still. The more windows there
    /// are, the less often it reads: a thousand of them once a second, at the most.
    /// </summary>
    public async ValueTask RefreshAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        book.Expire(now.UtcTicks, isKeptElsewhere: true);
        if (now.UtcTicks < Volatile.Read(ref _nextRefresh))
        {
            return;
        }

        var balances = await store.ListBalancesAsync(now, cancellationToken).ConfigureAwait(false);
        Pause(now, balances.Count);
        Correct(balances, now);
    }

    /// <summary>Takes over what the store says about windows that this process knows.</summary>
    public void Correct(ValueList<BudgetBalance> balances, DateTimeOffset now) => Correct(balances, now, addsOwners: false);

    private void Correct(ValueList<BudgetBalance> balances, DateTimeOffset now, bool addsOwners)
    {
        if (balances.Count == 0)
        {
            return;
        }

        var ledgers = book.Ledgers.ToLookup(ledger => ledger.Name, StringComparer.Ordinal);
        foreach (var balance in balances)
        {
            foreach (var ledger in ledgers[balance.Key.Budget])
            {
                if (CellOf(ledger, balance.Key.Owner, now.UtcTicks, addsOwners)?.Current(now.UtcTicks) is { } period && period.Key == balance.Key)
                {
                    period.Money.Correct(Sum(balance.SpentNanoUsd, balance.ReservedNanoUsd));
                    period.Tokens.Correct(Sum(balance.SpentTokens, balance.ReservedTokens));
                }
            }
        }
    }

    // A task is looked up in the store when its next attempt reserves; a tenant is kept from the start while there is ample room for those that come.
    private static BudgetCell? CellOf(BudgetLedger ledger, string owner, long now, bool addsOwners) =>
        ledger.Find(owner) ?? (!ledger.KeepsOwnersApart || (addsOwners && ledger is { Scope: BudgetScope.Tenant, HasAmpleRoom: true }) ? ledger.GetOrAdd(owner, now) : null);

    private void Pause(DateTimeOffset now, int windows)
    {
        var pause = TimeSpan.FromMilliseconds(windows);
        Volatile.Write(ref _nextRefresh, now.UtcTicks + (pause < LongestPause ? pause : LongestPause).Ticks);
    }

    // A store that gives up by itself, such as after a time limit, cannot be reached; only the caller's own word ends the call.
    private static bool IsByCaller(Exception error, CancellationToken cancellationToken) => error is OperationCanceledException && cancellationToken.IsCancellationRequested;

    // Half the range, so that what this process adds does not overflow; no cap is larger.
    private static long Sum(long spent, long reserved) => (long)Math.Min(long.MaxValue / 2, (ulong)spent + (ulong)reserved);
}
