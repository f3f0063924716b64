using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Budgets;

/// <summary>The budgets of one snapshot, joined with the live ledgers.</summary>
internal sealed class BudgetPlan
{
    public BudgetPlan(RoutingSnapshot snapshot, Func<BudgetConfig, BudgetLedger> ledgerOf)
    {
        Snapshot = snapshot;
        TenantLabel = Array.Find(snapshot.Budgets, budget => budget.Scope == BudgetScope.Tenant)?.TenantLabel;
        Seats = [.. snapshot.Budgets.Select(config => Seat(config, ledgerOf(config), null))];
        ByCandidate = [.. snapshot.Names.Select(name => Seats
            .Where(seat => seat.Config.Scope != BudgetScope.Provider || seat.Config.IsFor(name))
            .Select(seat => Seat(seat.Config, seat.Ledger, name)).ToArray())];
        OfProviders = [.. snapshot.Names.SelectMany(name => Seats
            .Where(seat => seat.Config.Scope == BudgetScope.Provider)
            .Select(seat => seat.Config.IsFor(name) ? Seat(seat.Config, seat.Ledger, name) : default))];
    }

    public RoutingSnapshot Snapshot { get; }

    /// <summary>For each candidate one seat for each budget that providers have for themselves; empty where it does not apply.</summary>
    public BudgetSeat[] OfProviders { get; }

    /// <summary>By index of the budget.</summary>
    public BudgetSeat[] Seats { get; }

    /// <summary>By candidate: the budgets that may apply to it, in the order in which they are reserved from.</summary>
    public BudgetSeat[][] ByCandidate { get; }

    /// <summary>The label that names a task's tenant; null when no budget needs it.</summary>
    public string? TenantLabel { get; }

    private static BudgetSeat Seat(BudgetConfig config, BudgetLedger ledger, string? provider) => new(config, ledger, config.Scope switch
    {
        BudgetScope.All => ledger.GetOrAdd(BudgetLedger.Everybody, now: 0),
        BudgetScope.Provider when provider is not null => ledger.GetOrAdd(provider, now: 0),
        _ => null,
    });
}
