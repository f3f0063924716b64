using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Chat;

/// <summary>The host's state store as one chat client sees it: its own entries and budgets, under a name before theirs.</summary>
internal sealed class ChatStateStore(IRoutingStateStore inner, string name) : IRoutingStateStore
{
    // No name of a setting holds a colon, and no kind of the router a dot.
    private readonly string _budgets = name + ":";
    private readonly string _kinds = name + ".";

    public async ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) =>
    [
        .. (await inner.LoadAsync(cancellationToken).ConfigureAwait(false))
            .Where(entry => entry.Kind.StartsWith(_kinds, StringComparison.Ordinal))
            .Select(entry => entry with { Kind = entry.Kind[_kinds.Length..] }),
    ];

    public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken) =>
        inner.SaveAsync([.. entries.Select(entry => entry with { Kind = _kinds + entry.Kind })], cancellationToken);

    public async ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
    {
        var result = await inner.ReserveAsync(reservation with { Claims = Outward(reservation.Claims) }, cancellationToken).ConfigureAwait(false);
        return result with { Exhausted = result.Exhausted is { } key ? Inward(key) : null, Balances = Inward(result.Balances) };
    }

    public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken) => inner.RenewAsync(id, duration, cancellationToken);

    public async ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken) =>
        Inward(await inner.SettleAsync(settlement with { Claims = Outward(settlement.Claims) }, cancellationToken).ConfigureAwait(false));

    public async ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Inward([.. (await inner.ListBalancesAsync(now, cancellationToken).ConfigureAwait(false)).Where(balance => balance.Key.Budget.StartsWith(_budgets, StringComparison.Ordinal))]);

    private ValueList<BudgetClaim> Outward(ValueList<BudgetClaim> claims) => [.. claims.Select(claim => claim with { Key = claim.Key with { Budget = _budgets + claim.Key.Budget } })];

    private ValueList<BudgetBalance> Inward(ValueList<BudgetBalance> balances) => [.. balances.Select(balance => balance with { Key = Inward(balance.Key) })];

    private BudgetKey Inward(BudgetKey key) => key with { Budget = key.Budget[_budgets.Length..] };
}
