using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.State;
using Orchestrator.Routing.Tests.Admission;
using Orchestrator.Testing;
using static Orchestrator.Routing.Tests.Admission.AdmissionRig;

namespace Orchestrator.Routing.Tests.State;

public sealed class StoredAdmissionTests
{
    private static readonly ProviderLimits Limits = new() { RequestsPerDay = 1 };
    private readonly InMemoryRoutingStateStore _inner = new(new ManualTimeProvider());
    private readonly FlakyStore _store;

    public StoredAdmissionTests() => _store = new FlakyStore(_inner);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reservation_is_in_the_store_before_the_attempt_and_settled_after_it()
    {
        var rig = Rig();

        var result = await rig.Desk.AdmitAsync(rig.Request(usd: 4), Cancel);
        Assert.Equal((4_000_000_000, 0), Balance(await _inner.ListBalancesAsync(rig.Clock.GetUtcNow(), Cancel)));
        Assert.True(await result.Admission.SettleAsync(3, 0, Cancel));

        Assert.Equal((0, 3_000_000_000), Balance(await _inner.ListBalancesAsync(rig.Clock.GetUtcNow(), Cancel)));
        Assert.Equal(7m, rig.LeftUsd());
    }

    [Fact]
    public async Task Two_processes_that_share_a_store_never_overspend_together()
    {
        var (one, two) = (Rig(), Rig());

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(index => Task.Run(async () =>
            await (index % 2 == 0 ? one : two).Desk.AdmitAsync(new AdmissionRequest(TaskOf("t"), "codex", $"a{index}", 1), Cancel))));

        Assert.Equal(10, results.Count(result => result.IsAdmitted));
    }

    [Fact]
    public async Task A_refusal_by_the_store_takes_everything_back_and_corrects_what_this_process_believes()
    {
        var (one, two) = (Rig(), Rig(Limits));
        await one.Desk.AdmitAsync(new AdmissionRequest(TaskOf("t"), "codex", "first", 9), Cancel);

        var refused = await two.Desk.AdmitAsync(new AdmissionRequest(TaskOf("t"), "codex", "second", 2), Cancel);

        Assert.False(refused.IsAdmitted);
        Assert.Equal("budget 'cap' of '*' has not enough left, counted over all processes; until 2026-01-02 00:00:00Z", refused.Rejection!.Text);
        Assert.Equal(1m, two.LeftUsd());
        Assert.Equal(0, two.Desk.GetInFlight("codex"));
        Assert.True((await two.Desk.AdmitAsync(new AdmissionRequest(TaskOf("t"), "codex", "third", 1), Cancel)).IsAdmitted);
    }

    [Fact]
    public async Task A_store_that_cannot_be_reached_admits_nothing_that_a_budget_applies_to()
    {
        var rig = Rig();
        _store.IsDown = true;

        var refused = await rig.Desk.AdmitAsync(rig.Request(usd: 1), Cancel);

        Assert.Equal(RejectionReason.Budget, refused.Rejection!.Reason);
        Assert.Equal("the state store cannot be reached: InvalidOperationException; a budget that cannot be checked counts as used up", refused.Rejection.Text);
        Assert.Equal(10m, rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public async Task Without_budgets_the_store_is_not_asked()
    {
        var rig = new AdmissionRig(_ => { }, store: _store);

        await using (var admission = (await rig.Desk.AdmitAsync(rig.Request(usd: 1), Cancel)).Admission)
        {
            Assert.False(admission.IsEmpty);
        }

        Assert.Equal(0, _store.Reservations);
    }

    [Fact]
    public async Task What_was_spent_while_the_store_was_down_is_written_once_it_is_back()
    {
        var rig = Rig();
        var admission = (await rig.Desk.AdmitAsync(rig.Request(usd: 4), Cancel)).Admission;
        _store.IsDown = true;
        Assert.True(await admission.SettleAsync(3, 0, Cancel));
        await rig.Reservations!.FlushAsync(rig.Clock.GetUtcNow(), Cancel);
        Assert.Equal(1, rig.Reservations!.Pending);

        _store.IsDown = false;
        await rig.Reservations.FlushAsync(rig.Clock.GetUtcNow(), Cancel);

        Assert.Equal(0, rig.Reservations.Pending);
        Assert.Equal((0, 3_000_000_000), Balance(await _inner.ListBalancesAsync(rig.Clock.GetUtcNow(), Cancel)));
    }

    [Fact]
    public async Task A_settlement_in_memory_reaches_the_store_with_the_next_flush()
    {
        var rig = Rig();
        rig.Admit(usd: 4).Admission.Settle(2, 0);

        await rig.Reservations!.FlushAsync(rig.Clock.GetUtcNow(), Cancel);

        Assert.Equal((0, 2_000_000_000), Balance(await _inner.ListBalancesAsync(rig.Clock.GetUtcNow(), Cancel)));
    }

    [Fact]
    public async Task A_caller_that_gives_up_holds_nothing()
    {
        var rig = Rig();
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Desk.AdmitAsync(rig.Request(usd: 4), cancellation.Token).AsTask());

        Assert.Equal(10m, rig.LeftUsd());
        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
    }

    [Fact]
    public async Task A_renewal_is_written_through()
    {
        var rig = Rig();
        var admission = (await rig.Desk.AdmitAsync(rig.Request(usd: 4, duration: TimeSpan.FromMinutes(1)), Cancel)).Admission;

        Assert.True(await admission.RenewAsync(TimeSpan.FromHours(1), Cancel));
        rig.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(6m, rig.LeftUsd());
    }

    [Fact]
    public void An_attempt_needs_a_name_that_the_store_can_keep() =>
        Assert.Throws<ArgumentException>(() => Rig().Desk.TryAdmit(new AdmissionRequest(TaskOf("t"), "codex", "not a name", 1)));

    [Fact]
    public async Task After_a_restart_the_budgets_stand_as_before_and_the_providers_rest_as_long()
    {
        var before = Rig();
        (await before.Desk.AdmitAsync(before.Request(usd: 4), Cancel)).Admission.Settle(4, 0);
        var router = new ProviderRouter(before.Registry, before.Clock);
        router.Report(new ExecutionOutcome(Guid.Empty, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Quota));
        router.Report(new ExecutionOutcome(Guid.Empty, "claude", Tasks.AgentTaskType.Fix, OutcomeStage.Ended, FailureClass.Authentication));
        before.Statuses.Drain("codex");
        for (var i = 0; i < 20; i++)
        {
            router.Report(new ExecutionOutcome(Guid.Empty, "codex", Tasks.AgentTaskType.Fix, OutcomeStage.Verified));
        }

        before.Registry.Sessions.Import([("00000000000000ab", "codex", before.Clock.GetUtcNow())]);
        using (var keeper = Keeper(before))
        {
            await keeper.StartAsync(Cancel);
            await keeper.StopAsync(Cancel);
        }

        var after = Rig();
        using var loaded = Keeper(after);
        await loaded.StartAsync(Cancel);
        await loaded.StopAsync(Cancel);

        Assert.Equal(6m, after.LeftUsd());
        var (claude, codex) = (after.Statuses.Get("claude"), after.Statuses.Get("codex"));
        Assert.Equal((after.Clock.GetUtcNow() + TimeSpan.FromHours(1), true), (codex.QuotaExhaustedUntil, codex.IsDraining));
        Assert.Equal(before.Statuses.Get("codex").SuccessRates, codex.SuccessRates);
        Assert.True(codex.SuccessRates[1].Rate > claude.SuccessRates[1].Rate);
        Assert.Equal(before.Registry.Sessions.Export(), after.Registry.Sessions.Export());
        Assert.Equal((BreakerState.Open, after.Clock.GetUtcNow() + TimeSpan.FromMinutes(15)), (claude.Breaker, claude.BreakerOpenUntil));
    }

    [Fact]
    public async Task Only_what_changed_is_saved_every_few_seconds()
    {
        var rig = Rig();
        using var keeper = Keeper(rig);
        await keeper.StartAsync(Cancel);
        await rig.Clock.WaitForTimerAsync(1, Cancel);
        await TickAsync(rig);
        Assert.Equal(["claude", "codex"], _store.Saved.Select(entry => entry.Key));

        rig.Statuses.Drain("codex");
        await TickAsync(rig);
        await TickAsync(rig);
        await keeper.StopAsync(Cancel);

        Assert.Equal(["claude", "codex", "codex"], _store.Saved.Select(entry => entry.Key));
    }

    [Fact]
    public async Task A_store_that_is_down_at_the_start_is_loaded_later_and_not_overwritten_before()
    {
        await _inner.SaveAsync([new("draining", "codex", """{"draining":true,"at":7}""", DateTimeOffset.UnixEpoch), new("health", "claude", "[]", DateTimeOffset.UnixEpoch), new("estimate", "codex", "{", DateTimeOffset.UnixEpoch), new("session", "00000000000000ab", "7", DateTimeOffset.UnixEpoch)], Cancel);
        var (rig, logger) = (Rig(), new RecordingLogger<RoutingStateKeeper>());
        _store.IsDown = true;
        using var keeper = Keeper(rig, logger);
        await keeper.StartAsync(Cancel);
        await rig.Clock.WaitForTimerAsync(1, Cancel);
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await rig.Clock.WaitForTimerAsync(1, Cancel);
        Assert.Empty(_store.Saved);

        _store.IsDown = false;
        await TickAsync(rig);
        await keeper.StopAsync(Cancel);

        Assert.True(rig.Statuses.Get("codex").IsDraining);
        Assert.Equal([1034, 1034, 1036, 1036, 1036, 1033], logger.Entries.Select(entry => entry.EventId.Id));
    }

    private static async Task TickAsync(AdmissionRig rig)
    {
        rig.Clock.Advance(TimeSpan.FromSeconds(5));
        await rig.Clock.WaitForTimerAsync(1, Cancel);
    }

    private static (long Reserved, long Spent) Balance(ValueList<BudgetBalance> balances)
    {
        var balance = Assert.Single(balances);
        return (balance.ReservedNanoUsd, balance.SpentNanoUsd);
    }

    private RoutingStateKeeper Keeper(AdmissionRig rig, RecordingLogger<RoutingStateKeeper>? logger = null) => new(
        rig.Registry, _store, rig.Reservations, [new HealthStateSource(rig.Registry), new DrainingStateSource(rig.Registry), new EstimateStateSource(rig.Registry), new SessionStateSource(rig.Registry)], rig.Clock, logger ?? (Microsoft.Extensions.Logging.ILogger<RoutingStateKeeper>)NullLogger<RoutingStateKeeper>.Instance);

    private AdmissionRig Rig(ProviderLimits? limits = null) => new(options => options.Budgets.Add(new RoutingBudget { Name = "cap", MaxUsd = 10 }), limits, _store);
}
