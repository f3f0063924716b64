using System.Threading.Channels;
using Orchestrator.Routing.State;

namespace Orchestrator.Hosting.Tests.Attempts;

/// <summary>A state store that lasts as far as the router knows, and tells of every renewal.</summary>
internal sealed class RenewedStore(TimeProvider time) : IRoutingStateStore
{
    private readonly InMemoryRoutingStateStore _store = new(time);

    public Channel<(string Id, TimeSpan Duration)> Renewals { get; } = Channel.CreateUnbounded<(string, TimeSpan)>();

    public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) => _store.LoadAsync(cancellationToken);

    public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken) => _store.SaveAsync(entries, cancellationToken);

    public ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken) => _store.ReserveAsync(reservation, cancellationToken);

    public async ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken)
    {
        var isHeld = await _store.RenewAsync(id, duration, cancellationToken);
        Renewals.Writer.TryWrite((id, duration));
        return isHeld;
    }

    public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken) => _store.SettleAsync(settlement, cancellationToken);

    public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken) => _store.ListBalancesAsync(now, cancellationToken);
}
