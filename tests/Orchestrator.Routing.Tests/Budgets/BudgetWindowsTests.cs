using Orchestrator.Routing.Budgets;

namespace Orchestrator.Routing.Tests.Budgets;

public sealed class BudgetWindowsTests
{
    [Theory]
    [InlineData(BudgetWindow.Hour, "2026-03-29T02:30:15Z", "2026-03-29T02:00:00Z", "2026-03-29T03:00:00Z")]
    [InlineData(BudgetWindow.Hour, "2026-03-29T03:00:00Z", "2026-03-29T03:00:00Z", "2026-03-29T04:00:00Z")]
    [InlineData(BudgetWindow.Day, "2026-03-29T23:59:59Z", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z")]
    [InlineData(BudgetWindow.Day, "2026-10-25T00:00:00Z", "2026-10-25T00:00:00Z", "2026-10-26T00:00:00Z")]
    [InlineData(BudgetWindow.Month, "2028-02-29T12:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z")]
    [InlineData(BudgetWindow.Month, "2026-12-31T23:59:59Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")]
    public void Windows_follow_utc_also_when_countries_change_their_clocks(BudgetWindow window, string now, string start, string end) =>
        Assert.Equal((Ticks(start), Ticks(end)), BudgetWindows.Around(window, Ticks(now)));

    [Fact]
    public void A_total_never_ends() =>
        Assert.Equal((DateTime.UnixEpoch.Ticks, BudgetWindows.Never), BudgetWindows.Around(BudgetWindow.Total, Ticks("2026-03-29T02:30:15Z")));

    private static long Ticks(string time) => DateTimeOffset.Parse(time, System.Globalization.CultureInfo.InvariantCulture).UtcTicks;
}
