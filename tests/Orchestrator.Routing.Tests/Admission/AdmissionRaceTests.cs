using Orchestrator.Routing.Budgets;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Admission;

public sealed class AdmissionRaceTests
{
    private const int Callers = 64;

    [Fact]
    public void Sixty_four_callers_at_once_never_reserve_more_than_the_cap()
    {
        var rig = WithBudget(BudgetScope.All, 10);
        var admitted = 0;

        AtOnce(_ => Interlocked.Add(ref admitted, rig.Admit(usd: 1).IsAdmitted ? 1 : 0));

        Assert.Equal(10, admitted);
        Assert.Equal(0m, rig.LeftUsd());
    }

    [Fact]
    public void Callers_that_reserve_and_settle_all_the_time_never_exceed_a_cap_and_the_sum_is_exact()
    {
        var rig = new AdmissionRig(options =>
        {
            options.Budgets.Add(new RoutingBudget { Name = "money", MaxUsd = 8 });
            options.Budgets.Add(new RoutingBudget { Name = "tokens", MaxTokens = 900 });
            options.Budgets.Add(new RoutingBudget { Name = "tenant", Scope = BudgetScope.Tenant, MaxUsd = 3 });
        });
        var (held, most, spent, spentTokens) = (0L, 0L, 0L, 0L);

        AtOnce(caller =>
        {
            for (var i = 0; i < 500; i++)
            {
                var result = rig.Admit(usd: 1, tokens: 100, task: TaskOf("t", caller % 2 == 0 ? "even" : "odd"));
                if (result.IsAdmitted)
                {
                    Raise(ref most, Interlocked.Increment(ref held));
                    Interlocked.Decrement(ref held);
                    var cents = i % 100 == 0 ? 1 : 0;
                    result.Admission.Settle(cents * 0.001m, cents);
                    Interlocked.Add(ref spent, cents * 1_000_000);
                    Interlocked.Add(ref spentTokens, cents);
                }
            }
        });

        Assert.InRange(most, 1, 6);
        var readings = new BudgetReading[3];
        rig.Registry.Budgets.Read(rig.Registry.Snapshot, "even", "t", rig.Clock.GetUtcNow().UtcTicks, readings);
        Assert.Equal((8_000_000_000 - spent, 900 - spentTokens), (readings[0].NanoUsd, readings[1].Tokens));
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public void Of_many_settlements_of_one_attempt_at_once_one_counts()
    {
        var rig = WithBudget(BudgetScope.All, 1000);
        var counted = 0;
        var admissions = Enumerable.Range(0, 100).Select(_ => rig.Admit(usd: 1).Admission).ToArray();

        AtOnce(_ => Array.ForEach(admissions, admission => Interlocked.Add(ref counted, admission.Settle(2, 0) ? 1 : 0)));

        Assert.Equal(100, counted);
        Assert.Equal(800m, rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public void Settling_while_lost_attempts_are_given_back_books_everything_once()
    {
        var rig = WithBudget(BudgetScope.All, 100_000);
        for (var round = 0; round < 20; round++)
        {
            var admissions = Enumerable.Range(0, Callers).Select(_ => rig.Admit(usd: 1, duration: TimeSpan.FromSeconds(1)).Admission).ToArray();
            rig.Clock.Advance(TimeSpan.FromSeconds(1));

            AtOnce(caller =>
            {
                rig.LeftUsd();
                admissions[caller].Settle(1, 0);
            });
        }

        Assert.Equal(100_000m - (20 * Callers), rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public void Owners_that_are_dropped_while_others_reserve_lose_nothing()
    {
        var ledger = new BudgetLedger("cap", BudgetScope.Task, BudgetWindow.Total, maxOwners: 8);
        var config = BudgetConfig.From(new ProviderRoutingOptions { Budgets = { new RoutingBudget { Name = "cap", Scope = BudgetScope.Task, Window = BudgetWindow.Total, MaxUsd = 1 } } })[0];
        var seat = new BudgetSeat(config, ledger, null);
        var (now, held, most) = (TimeSpan.TicksPerDay, 0L, 0L);

        AtOnce(caller =>
        {
            for (var i = 0; i < 200; i++)
            {
                // Every step is two hours later, so that whoever holds nothing may be dropped.
                var time = Interlocked.Add(ref now, 2 * TimeSpan.TicksPerHour);
                if (seat.TryReserve("the one", 600_000_000, 0, time, out var period) == BudgetVerdict.Reserved)
                {
                    Raise(ref most, Interlocked.Increment(ref held));
                    Interlocked.Decrement(ref held);
                    period!.Money.Settle(600_000_000, 0, countsSpent: true);
                }

                if (seat.TryReserve($"other {caller} {i}", 1, 0, time, out var other) == BudgetVerdict.Reserved)
                {
                    other!.Money.Settle(1, 0, countsSpent: true);
                }
            }
        });

        Assert.Equal(1, most);
    }

    private static void AtOnce(Action<int> caller)
    {
        using var start = new Barrier(Callers);
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, Callers).Select(index => new Thread(() =>
        {
            start.SignalAndWait();
            try
            {
                caller(index);
            }
            catch (Exception failure)
            {
                lock (failures)
                {
                    failures.Add(failure);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
    }

    private static void Raise(ref long field, long value)
    {
        var current = Volatile.Read(ref field);
        while (current < value && Interlocked.CompareExchange(ref field, value, current) is var seen && seen != current)
        {
            current = seen;
        }
    }
}
