using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Tests.State;

/// <summary>A store that lasts as far as the router can tell, and fails when the test says so.</summary>
internal sealed class FlakyStore(InMemoryRoutingStateStore inner) : IRoutingStateStore
{
    public bool IsDown { get; set; }

    /// <summary>Does its work and then fails, as when the connection breaks after the commit.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Gives up by itself, as with a time limit of its own.</summary>
    public bool TimesOut { get; set; }

    /// <summary>The settlements that it refuses always.</summary>
    public HashSet<string> Refused { get; } = [];

    /// <summary>How often all windows were listed.</summary>
    public int Listings { get; private set; }

    public List<RoutingStateEntry> Saved { get; } = [];

    public int Reservations { get; private set; }

    public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) => Up().LoadAsync(cancellationToken);

    public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken)
    {
        var store = Up();
        Saved.AddRange(entries);
        return store.SaveAsync(entries, cancellationToken);
    }

    public async ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
    {
        Reservations++;
        var result = await Up().ReserveAsync(reservation, cancellationToken);
        return LosesAnswers ? throw new IOException("The connection broke.") : result;
    }

    public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken) => Up().RenewAsync(id, duration, cancellationToken);

    public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken) =>
        Refused.Contains(settlement.Id) ? throw new InvalidOperationException("No.") : Up().SettleAsync(settlement, cancellationToken);

    public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        Listings++;
        return Up().ListBalancesAsync(now, cancellationToken);
    }

    private InMemoryRoutingStateStore Up() =>
        IsDown ? throw new InvalidOperationException("password=abc")
        : TimesOut ? throw new OperationCanceledException("The store took too long.")
        : inner;
}
