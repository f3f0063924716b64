using Orchestrator.Providers;
using Orchestrator.Routing.Budgets;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.Admission;

public sealed class AdmissionDeskTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void An_attempt_takes_a_slot_and_gives_it_back_when_it_is_settled()
    {
        var rig = new AdmissionRig(_ => { }, new ProviderLimits { Concurrent = 2 });
        var first = rig.Admit();
        rig.Admit();

        var third = rig.Admit();

        Assert.False(third.IsAdmitted);
        Assert.Equal((RejectionReason.Saturated, "2", "2", "runs 2 of 2 executions"), (third.Rejection!.Reason, third.Rejection.Value, third.Rejection.Limit, third.Rejection.Text));
        Assert.True(first.Admission.Settle(0, 0));
        Assert.Equal(1, rig.Desk.GetInFlight("CODEX"));
        Assert.True(rig.Admit().IsAdmitted);
    }

    [Fact]
    public void Only_the_first_settlement_counts_whoever_makes_it()
    {
        var rig = WithBudget(BudgetScope.All, 10);
        var admission = rig.Admit(usd: 4).Admission;
        var copy = admission;

        Assert.True(admission.Settle(3, 0));
        Assert.False(copy.Settle(3, 0));
        copy.Dispose();
        rig.Admit(usd: 1);
        Assert.False(admission.Settle(5, 0));

        Assert.Equal(6m, rig.LeftUsd());
        Assert.Equal(1, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public void Disposing_an_attempt_that_was_not_settled_books_nothing()
    {
        var rig = WithBudget(BudgetScope.All, 10);

        using (rig.Admit(usd: 4).Admission)
        {
            Assert.Equal(6m, rig.LeftUsd());
        }

        Assert.Equal(10m, rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public void The_empty_admission_does_nothing()
    {
        var none = default(AdmissionResult);

        none.Admission.Dispose();

        Assert.False(none.IsAdmitted);
        Assert.False(none.Admission.Settle(1, 1));
    }

    [Fact]
    public void What_an_attempt_cost_replaces_what_was_reserved_also_when_it_is_more()
    {
        var rig = WithBudget(BudgetScope.All, 10, tokens: 1000);

        rig.Admit(usd: 4, tokens: 500).Admission.Settle(11.5m, 600);

        Assert.Equal(0m, rig.LeftUsd());
        Assert.Equal(400, rig.Left().Tokens);
        Assert.False(rig.Admit(usd: 0.000000001m).IsAdmitted);
    }

    [Fact]
    public void A_refusal_says_what_is_needed_what_is_left_and_until_when()
    {
        var rig = WithBudget(BudgetScope.Tenant, 5);
        rig.Admit(usd: 4.75m, task: TaskOf("t", "acme"));

        var refused = rig.Admit(usd: 0.5m, task: TaskOf("t", "acme")).Rejection!;

        Assert.Equal(RejectionReason.Budget, refused.Reason);
        Assert.Equal("needs $0.50; budget 'cap' of tenant 'acme' has $0.25 left of $5.00; until 2026-01-02 00:00:00Z", refused.Text);
        Assert.Equal(("$0.50", "$0.25"), (refused.Value, refused.Limit));
        Assert.Equal(rig.Clock.GetUtcNow() + TimeSpan.FromDays(1), refused.Until);
    }

    [Fact]
    public void What_was_taken_before_a_budget_refuses_goes_back()
    {
        var limits = new ProviderLimits { Concurrent = 1, RequestsPerMinute = 1, RequestsPerDay = 1, TokensPerMinute = 100 };
        var rig = new AdmissionRig(
            options =>
            {
                options.Budgets.Add(new RoutingBudget { Name = "wide", MaxUsd = 100, MaxTokens = 1000 });
                options.Budgets.Add(new RoutingBudget { Name = "narrow", MaxUsd = 1, MaxTokens = 10 });
            },
            limits);

        Assert.Contains("narrow", rig.Admit(usd: 2, tokens: 5).Rejection!.Text, StringComparison.Ordinal);
        Assert.Contains("needs 50 tokens; budget 'narrow' has 10 tokens left of 10 tokens", rig.Admit(usd: 1, tokens: 50).Rejection!.Text, StringComparison.Ordinal);

        Assert.Equal(100m, rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
        Assert.True(rig.Admit(usd: 1, tokens: 10).IsAdmitted);
    }

    [Fact]
    public void A_reservation_is_settled_in_the_window_that_it_was_made_in()
    {
        var rig = WithBudget(BudgetScope.All, 10);
        rig.Clock.Advance(TimeSpan.FromHours(23.5));
        var late = rig.Admit(usd: 4, duration: TimeSpan.FromHours(2)).Admission;

        rig.Clock.Advance(TimeSpan.FromHours(1));
        rig.Admit(usd: 1);
        late.Settle(9, 0);

        Assert.Equal(9m, rig.LeftUsd());
        Assert.Equal(new DateTime(2026, 1, 3, 0, 0, 0, DateTimeKind.Utc).Ticks, rig.Left().Until);
    }

    [Fact]
    public void What_a_lost_attempt_held_comes_back_when_its_time_is_over_and_its_cost_is_booked_once_all_the_same()
    {
        var rig = WithBudget(BudgetScope.All, 10, tokens: 100);
        var lost = rig.Admit(usd: 4, tokens: 40, duration: TimeSpan.FromMinutes(5)).Admission;

        rig.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal((10m, 100), (rig.LeftUsd(), rig.Left().Tokens));
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
        var next = rig.Admit(usd: 1);
        Assert.True(lost.Settle(3, 30));
        Assert.False(lost.Settle(3, 30));
        Assert.Equal((6m, 70), (rig.LeftUsd(), rig.Left().Tokens));
        Assert.Equal(1, rig.Desk.GetInFlight("codex"));
        Assert.True(next.Admission.Settle(1, 0));
    }

    [Fact]
    public async Task An_attempt_that_is_renewed_in_time_keeps_what_it_holds()
    {
        var rig = WithBudget(BudgetScope.All, 10);
        var admission = rig.Admit(usd: 4, duration: TimeSpan.FromMinutes(5)).Admission;
        rig.Clock.Advance(TimeSpan.FromMinutes(4));

        Assert.True(await admission.RenewAsync(TimeSpan.FromMinutes(5), Cancel));
        rig.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(6m, rig.LeftUsd());

        rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10m, rig.LeftUsd());
        Assert.False(await admission.RenewAsync(TimeSpan.FromMinutes(5), Cancel));
        Assert.Equal(10m, rig.LeftUsd());
    }

    [Fact]
    public void Tenants_tasks_and_providers_each_have_a_budget_of_their_own()
    {
        var tenants = WithBudget(BudgetScope.Tenant, 1);
        Assert.True(tenants.Admit(usd: 1, task: TaskOf("a", "acme")).IsAdmitted);
        Assert.False(tenants.Admit(usd: 1, task: TaskOf("b", "acme")).IsAdmitted);
        Assert.True(tenants.Admit(usd: 1, task: TaskOf("a", "umbrella")).IsAdmitted);
        Assert.True(tenants.Admit(usd: 1, task: TaskOf("a")).IsAdmitted);
        Assert.Equal((0m, 1m), (tenants.LeftUsd("acme"), tenants.LeftUsd("nobody")));

        var tasks = WithBudget(BudgetScope.Task, 1, BudgetWindow.Total);
        Assert.True(tasks.Admit(usd: 1, task: TaskOf("a")).IsAdmitted);
        Assert.False(tasks.Admit(usd: 1, task: TaskOf("a"), provider: "claude").IsAdmitted);
        Assert.True(tasks.Admit(usd: 1, task: TaskOf("b")).IsAdmitted);

        var providers = WithBudget(BudgetScope.Provider, 1);
        Assert.True(providers.Admit(usd: 1).IsAdmitted);
        Assert.False(providers.Admit(usd: 1).IsAdmitted);
        Assert.True(providers.Admit(usd: 1, provider: "claude").IsAdmitted);
    }

    [Fact]
    public void A_budget_that_names_its_owner_leaves_all_others_alone()
    {
        var rig = WithBudget(BudgetScope.Provider, 1, owner: "Codex");

        Assert.False(rig.Admit(usd: 2).IsAdmitted);
        Assert.True(rig.Admit(usd: 2, provider: "claude").IsAdmitted);
        var readings = new BudgetReading[2];
        rig.Registry.Budgets.ReadProviders(rig.Registry.Snapshot, rig.Clock.GetUtcNow().UtcTicks, readings);
        Assert.Equal([long.MaxValue, 1_000_000_000], readings.Select(reading => reading.NanoUsd));
    }

    [Fact]
    public void New_settings_keep_what_is_spent_and_bring_the_new_cap()
    {
        var rig = WithBudget(BudgetScope.All, 10);
        rig.Admit(usd: 4).Admission.Settle(4, 0);

        rig.Registry.Update(new ProviderRoutingOptions { Budgets = { new RoutingBudget { Name = "cap", MaxUsd = 5 } } });

        Assert.Equal(1m, rig.LeftUsd());
        Assert.False(rig.Admit(usd: 2).IsAdmitted);
    }

    [Fact]
    public void A_provider_that_is_drained_by_call_admits_nobody_until_it_is_resumed()
    {
        var rig = new AdmissionRig(_ => { });
        rig.Statuses.Drain("codex");

        Assert.Equal(RejectionReason.Draining, rig.Admit().Rejection!.Reason);
        Assert.True(rig.Admit(provider: "claude").IsAdmitted);

        rig.Statuses.Resume("codex");
        Assert.True(rig.Admit().IsAdmitted);
    }

    [Fact]
    public void Mistakes_of_the_caller_are_refused_before_anything_is_taken()
    {
        var rig = WithBudget(BudgetScope.All, 10);

        var unknown = Assert.Throws<ArgumentException>(() => rig.Admit(provider: "codecs"));
        Assert.Contains("There is no provider 'codecs'. Known providers: claude, codex.", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Admit(usd: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Admit(tokens: -1));
        Assert.Throws<ArgumentNullException>(() => rig.Desk.TryAdmit(new AdmissionRequest(null!, "codex", "a")));

        Assert.Equal(10m, rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }
}
