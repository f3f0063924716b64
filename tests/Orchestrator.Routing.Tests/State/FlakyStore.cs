using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Tests.State;

/// <summary>A store that lasts as far as the router can tell, and fails when the test says so.</summary>
internal sealed class FlakyStore(InMemoryRoutingStateStore inner) : IRoutingStateStore
{
    public bool IsDown { get; set; }

    public List<RoutingStateEntry> Saved { get; } = [];

    public int Reservations { get; private set; }

    public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) => Up().LoadAsync(cancellationToken);

    public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken)
    {
        var store = Up();
        Saved.AddRange(entries);
        return store.SaveAsync(entries, cancellationToken);
    }

    public ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
    {
        Reservations++;
        return Up().ReserveAsync(reservation, cancellationToken);
    }

    public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken) => Up().RenewAsync(id, duration, cancellationToken);

    public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken) => Up().SettleAsync(settlement, cancellationToken);

    public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken) => Up().ListBalancesAsync(now, cancellationToken);

    private InMemoryRoutingStateStore Up() => IsDown ? throw new InvalidOperationException("password=abc") : inner;
}
