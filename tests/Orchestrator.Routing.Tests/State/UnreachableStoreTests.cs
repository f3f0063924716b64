using Microsoft.Extensions.Logging;
using Orchestrator.Routing.State;
using Orchestrator.Routing.Tests.Admission;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.State;

public sealed class UnreachableStoreTests
{
    private readonly InMemoryRoutingStateStore _inner;
    private readonly FlakyStore _store;
    private readonly AdmissionRig _rig;

    public UnreachableStoreTests()
    {
        _inner = new InMemoryRoutingStateStore(new ManualTimeProvider());
        _store = new FlakyStore(_inner);
        _rig = new AdmissionRig(options => options.Budgets.Add(new RoutingBudget { Name = "cap", MaxUsd = 10 }), store: _store);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_reservation_whose_answer_was_lost_after_the_commit_is_given_back()
    {
        _store.LosesAnswers = true;
        Assert.False((await _rig.Desk.AdmitAsync(_rig.Request(usd: 10), Cancel)).IsAdmitted);
        Assert.Equal(10_000_000_000, Assert.Single(await _inner.ListBalancesAsync(_rig.Clock.GetUtcNow(), Cancel)).ReservedNanoUsd);

        _store.LosesAnswers = false;
        await _rig.Reservations!.FlushAsync(_rig.Clock.GetUtcNow(), Cancel);

        Assert.True((await _rig.Desk.AdmitAsync(_rig.Request(usd: 10), Cancel)).IsAdmitted);
    }

    [Fact]
    public async Task A_store_that_gives_up_by_itself_refuses_and_does_not_cancel_the_caller()
    {
        var admission = (await _rig.Desk.AdmitAsync(_rig.Request(usd: 1, duration: TimeSpan.FromMinutes(5)), Cancel)).Admission;
        _store.TimesOut = true;

        var refused = await _rig.Desk.AdmitAsync(_rig.Request(usd: 4), Cancel);

        Assert.Equal(RejectionReason.Budget, refused.Rejection?.Reason);
        Assert.Equal(1, _rig.Desk.GetInFlight("codex"));
        Assert.Equal(9m, _rig.LeftUsd());
        Assert.True(await admission.RenewAsync(TimeSpan.FromMinutes(5), Cancel));
    }

    [Fact]
    public async Task A_caller_that_gives_up_while_the_store_works_leaves_no_reservation_behind()
    {
        using var cancellation = new CancellationTokenSource();
        var store = new GateStore(_inner, cancellation);
        var rig = new AdmissionRig(options => options.Budgets.Add(new RoutingBudget { Name = "cap", MaxUsd = 10 }), store: store);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rig.Desk.AdmitAsync(rig.Request(usd: 10), cancellation.Token).AsTask());
        await rig.Reservations!.FlushAsync(rig.Clock.GetUtcNow(), Cancel);

        Assert.Equal(0, rig.Desk.GetInFlight("codex"));
        Assert.Equal(0, Assert.Single(await _inner.ListBalancesAsync(rig.Clock.GetUtcNow(), Cancel)).ReservedNanoUsd);
    }

    [Fact]
    public async Task A_renewal_that_the_store_does_not_hear_loses_nothing_before_the_reservation_ends_by_itself()
    {
        var admission = (await _rig.Desk.AdmitAsync(_rig.Request(usd: 4, duration: TimeSpan.FromMinutes(5)), Cancel)).Admission;
        _store.IsDown = true;
        _rig.Clock.Advance(TimeSpan.FromMinutes(4));

        Assert.True(await admission.RenewAsync(TimeSpan.FromHours(1), Cancel));
        Assert.Equal(6m, _rig.LeftUsd());

        _rig.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(10m, _rig.LeftUsd());
        Assert.False(await admission.RenewAsync(TimeSpan.FromHours(1), Cancel));
    }

    [Fact]
    public async Task A_renewal_that_the_store_hears_again_makes_it_last()
    {
        var admission = (await _rig.Desk.AdmitAsync(_rig.Request(usd: 4, duration: TimeSpan.FromMinutes(5)), Cancel)).Admission;
        _store.IsDown = true;
        Assert.True(await admission.RenewAsync(TimeSpan.FromHours(1), Cancel));
        _store.IsDown = false;

        Assert.True(await admission.RenewAsync(TimeSpan.FromMinutes(30), Cancel));

        _rig.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(6m, _rig.LeftUsd());
    }

    [Fact]
    public async Task A_renewal_of_what_the_store_does_not_hold_any_more_is_lost()
    {
        var request = _rig.Request(usd: 4, duration: TimeSpan.FromMinutes(5));
        var admission = (await _rig.Desk.AdmitAsync(request, Cancel)).Admission;
        await _inner.SettleAsync(new BudgetSettlement(request.AttemptId, 0, 0, []), Cancel);

        Assert.False(await admission.RenewAsync(TimeSpan.FromHours(1), Cancel));
    }

    [Fact]
    public async Task A_settlement_that_the_store_always_refuses_holds_up_no_other_and_is_given_up_with_a_word()
    {
        var logger = new RecordingLogger<StoredReservations>();
        var reservations = new StoredReservations(_store, _rig.Registry.Budgets, logger);
        _store.Refused.Add("bad");
        reservations.Later(new BudgetSettlement("bad", 5, 6, []));
        reservations.Later(new BudgetSettlement("good", 0, 0, []));

        await reservations.FlushAsync(_rig.Clock.GetUtcNow(), Cancel);
        Assert.Equal(1, reservations.Pending);

        for (var i = 1; i < PostponedSettlements.MostRefusals; i++)
        {
            Assert.Equal(1, reservations.Pending);
            await reservations.FlushAsync(_rig.Clock.GetUtcNow(), Cancel);
        }

        Assert.Equal(0, reservations.Pending);
        var entry = Assert.Single(logger.Entries);
        Assert.Equal((1040, LogLevel.Error), (entry.EventId.Id, entry.Level));
        Assert.Contains("attempt bad: 5 billionths of a US dollar and 6 tokens", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settlement_is_never_given_up_while_the_store_cannot_be_reached()
    {
        _store.IsDown = true;
        _rig.Reservations!.Later(new BudgetSettlement("spent", 5, 6, []));

        for (var i = 0; i < 3 * PostponedSettlements.MostRefusals; i++)
        {
            await _rig.Reservations.FlushAsync(_rig.Clock.GetUtcNow(), Cancel);
        }

        Assert.Equal(1, _rig.Reservations.Pending);
        _store.IsDown = false;
        await _rig.Reservations.FlushAsync(_rig.Clock.GetUtcNow(), Cancel);
        Assert.Equal(0, _rig.Reservations.Pending);
    }

    [Fact]
    public async Task Many_settlements_that_are_refused_at_the_head_do_not_starve_those_behind_them()
    {
        for (var i = 0; i < 10; i++)
        {
            _store.Refused.Add($"bad-{i}");
            _rig.Reservations!.Later(new BudgetSettlement($"bad-{i}", 1, 1, []));
        }

        var key = new BudgetKey("cap", "*", DateTimeOffset.UnixEpoch);
        _rig.Reservations!.Later(new BudgetSettlement("good", 7, 0, [new BudgetClaim(key, 7, 0)]));
        for (var i = 0; i < 4; i++)
        {
            await _rig.Reservations.FlushAsync(_rig.Clock.GetUtcNow(), Cancel);
        }

        Assert.Equal(7, Assert.Single(await _inner.ListBalancesAsync(_rig.Clock.GetUtcNow(), Cancel)).SpentNanoUsd);
    }

    /// <summary>The caller gives up while this store works; it commits all the same.</summary>
    private sealed class GateStore(InMemoryRoutingStateStore inner, CancellationTokenSource caller) : IRoutingStateStore
    {
        public async ValueTask<BudgetReservationResult> ReserveAsync(BudgetReservation reservation, CancellationToken cancellationToken)
        {
            await inner.ReserveAsync(reservation, CancellationToken.None);
            await caller.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("The caller did not give up.");
        }

        public ValueTask<ValueList<RoutingStateEntry>> LoadAsync(CancellationToken cancellationToken) => inner.LoadAsync(cancellationToken);

        public ValueTask SaveAsync(ValueList<RoutingStateEntry> entries, CancellationToken cancellationToken) => inner.SaveAsync(entries, cancellationToken);

        public ValueTask<bool> RenewAsync(string id, TimeSpan duration, CancellationToken cancellationToken) => inner.RenewAsync(id, duration, cancellationToken);

        public ValueTask<ValueList<BudgetBalance>> SettleAsync(BudgetSettlement settlement, CancellationToken cancellationToken) => inner.SettleAsync(settlement, cancellationToken);

        public ValueTask<ValueList<BudgetBalance>> ListBalancesAsync(DateTimeOffset now, CancellationToken cancellationToken) => inner.ListBalancesAsync(now, cancellationToken);
    }
}
