namespace Orchestrator.Routing.State;

/// <summary>Keeps what the router must remember: money and tokens reserved and spent, durably before an attempt starts; all else within seconds.</summary>
/// <remarks>
/// Thread-safe. Several processes may share one store: a reservation is checked against the caps by the store itself, in one step, so that all of them together
/// never reserve more than a cap. The store's clock decides when a reservation ends. An exception means that nothing changed, unless the store lost its database in
/// the middle of a call; every call may then be made again with the same id.
/// </remarks>
public interface IRoutingStateStore
{
    /// <summary>Reads everything that <see cref="SaveAsync"/> kept, in the order of kind and key.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entries.</returns>
    ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps entries, all or none; one of the same kind and key is replaced. Of several with the same kind and key in one call the last one counts.</summary>
    /// <param name="entries">What to keep.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>When it is durable.</returns>
    ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken);

    /// <summary>Reserves from every budget of the request, or from none. Reservations whose time is over are given back first.</summary>
    /// <param name="reservation">
    /// Who reserves how much from which budgets. An id that is reserved or settled already changes nothing and succeeds; one whose time is over is reserved anew, if
    /// there is enough left.
    /// </param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether it is reserved, and the balances of the budgets afterwards.</returns>
    ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken);

    /// <summary>Makes a reservation last at least as long as said, from now; nothing happens when there is none of that id, its time is over or it is settled.</summary>
    /// <param name="id">The reservation.</param>
    /// <param name="duration">How long from now, from 1 second to 7 days.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>Whether there is such a reservation. When not, what it held may be reserved by others meanwhile.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The duration is out of range.</exception>
    ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>
    /// Books what was spent and gives the rest of the reservation back. What was spent counts also when the reservation is gone, was never made, or the window is over,
    /// and also above the cap.
    /// </summary>
    /// <param name="settlement">The reservation and what was spent. Settling the same id again changes nothing.</param>
    /// <param name="cancellationToken">Gives up before the commit.</param>
    /// <returns>The balances of its budgets afterwards, in the order of the claims, each once.</returns>
    ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken);

    /// <summary>The balances of all windows that are not over, after reservations whose time is over were given back; in the order of budget, owner and start.</summary>
    /// <param name="now">The caller's time, which decides which windows are over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The balances.</returns>
    ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken);
}
