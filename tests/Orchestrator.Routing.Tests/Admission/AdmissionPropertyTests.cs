using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Admission;

public sealed class AdmissionPropertyTests
{
    private static readonly Config Repeatable = Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(20260101, 7);

    [Fact]
    public void Whatever_order_attempts_come_go_and_get_lost_in_the_budgets_stand_as_a_naive_ledger_says() => Check(seed =>
    {
        var random = SeededRandom.Create(seed);
        var rig = WithBudget(BudgetScope.All, 10, BudgetWindow.Hour);
        var open = new List<(ProviderAdmission Admission, decimal Usd, DateTimeOffset Ends, DateTimeOffset Window)>();
        var spent = new Dictionary<DateTimeOffset, decimal>();
        for (var step = 0; step < 150; step++)
        {
            var now = rig.Clock.GetUtcNow();
            var window = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
            var reserved = open.Where(one => one.Window == window && one.Ends > now).Sum(one => one.Usd);
            var left = Math.Max(0, 10 - reserved - spent.GetValueOrDefault(window));
            Assert.Equal(left, rig.LeftUsd());
            switch (random.Next(4))
            {
                case 0 or 1:
                    var (usd, duration) = (random.Next(0, 400) / 100m, TimeSpan.FromMinutes(random.Next(1, 40)));
                    var result = rig.Admit(usd, duration: duration);
                    Assert.Equal(left > 0 && usd <= left, result.IsAdmitted);
                    if (result.IsAdmitted)
                    {
                        open.Add((result.Admission, usd, now + duration, window));
                    }

                    break;
                case 2 when open.Count > 0:
                    var index = random.Next(open.Count);
                    var (cost, one) = (random.Next(0, 300) / 100m, open[index]);
                    Assert.True(one.Admission.Settle(cost, 0));
                    spent[one.Window] = spent.GetValueOrDefault(one.Window) + cost;
                    open.RemoveAt(index);
                    break;
                default:
                    rig.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 20)));
                    break;
            }
        }

        var end = rig.Clock.GetUtcNow();
        Assert.Equal(open.Count(one => one.Ends > end), Math.Max(0, InFlight(rig)));
    });

    private static int InFlight(AdmissionRig rig)
    {
        rig.LeftUsd();
        return rig.Desk.GetInFlight("codex");
    }

    private static void Check(Action<int> property) => Prop.ForAll(ArbMap.Default.ArbFor<int>(), property).Check(Repeatable);
}
