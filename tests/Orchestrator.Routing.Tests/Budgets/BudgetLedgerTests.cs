using Orchestrator.Routing.Budgets;

namespace Orchestrator.Routing.Tests.Budgets;

public sealed class BudgetLedgerTests
{
    private const long Noon = (1000 * TimeSpan.TicksPerDay) + (12 * TimeSpan.TicksPerHour);

    [Fact]
    public void Tenants_whose_window_is_over_make_room_and_those_who_spent_in_this_one_do_not()
    {
        var seat = Seat(BudgetScope.Tenant, BudgetWindow.Day, maxOwners: 2);
        Spend(seat, "a", Noon);
        Spend(seat, "b", Noon);

        Assert.Equal(BudgetVerdict.TooManyOwners, seat.TryReserve("c", 1, 0, Noon + TimeSpan.TicksPerHour, out _));
        Assert.Equal(BudgetVerdict.Reserved, seat.TryReserve("a", 1, 0, Noon + TimeSpan.TicksPerHour, out _));

        Assert.Equal(BudgetVerdict.Reserved, seat.TryReserve("c", 1, 0, Noon + TimeSpan.TicksPerDay, out _));
        Assert.Single(seat.Ledger.Cells);
    }

    [Fact]
    public void Tasks_that_nothing_was_reserved_for_in_the_last_hour_make_room_and_those_that_run_do_not()
    {
        var seat = Seat(BudgetScope.Task, BudgetWindow.Total, maxOwners: 2);
        Spend(seat, "ended", Noon);
        seat.TryReserve("runs", 1, 0, Noon, out _);

        Assert.Equal(BudgetVerdict.TooManyOwners, seat.TryReserve("new", 1, 0, Noon + TimeSpan.TicksPerMinute, out _));

        Assert.Equal(BudgetVerdict.Reserved, seat.TryReserve("new", 1, 0, Noon + (2 * TimeSpan.TicksPerHour), out _));
        Assert.Equal(["new", "runs"], seat.Ledger.Cells.Select(cell => cell.Owner).Order());
    }

    private static void Spend(BudgetSeat seat, string owner, long now)
    {
        Assert.Equal(BudgetVerdict.Reserved, seat.TryReserve(owner, 10, 0, now, out var period));
        period!.Money.Settle(10, 10, countsSpent: true);
    }

    private static BudgetSeat Seat(BudgetScope scope, BudgetWindow window, int maxOwners)
    {
        var options = new ProviderRoutingOptions { Budgets = { new RoutingBudget { Name = "cap", Scope = scope, Window = window, MaxUsd = 1 } } };
        return new BudgetSeat(BudgetConfig.From(options)[0], new BudgetLedger("cap", scope, window, maxOwners), null);
    }
}
