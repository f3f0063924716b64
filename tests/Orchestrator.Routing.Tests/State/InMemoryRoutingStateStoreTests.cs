using Orchestrator.Routing.State;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests.State;

public sealed class InMemoryRoutingStateStoreTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryRoutingStateStore _store;

    public InMemoryRoutingStateStoreTests() => _store = new InMemoryRoutingStateStore(_clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private BudgetKey Key => new("cap", "*", _clock.GetUtcNow(), _clock.GetUtcNow() + TimeSpan.FromDays(1));

    [Fact]
    public async Task Entries_replace_those_of_the_same_kind_and_key_and_come_back_in_order()
    {
        await _store.SaveAsync([new("session", "b", "1", _clock.GetUtcNow()), new("health", "a", "2", _clock.GetUtcNow())], Cancel);
        await _store.SaveAsync([new("session", "b", "3", _clock.GetUtcNow()), new("session", "a", "4", _clock.GetUtcNow())], Cancel);

        Assert.Equal(["2", "4", "3"], (await _store.LoadAsync(Cancel)).Select(entry => entry.Value));
    }

    [Fact]
    public async Task A_reservation_takes_from_all_windows_or_from_none()
    {
        var (wide, narrow) = (Claim(Key, 5, 100), Claim(Key with { Budget = "narrow" }, 5, 4));

        var refused = await _store.ReserveAsync(Reservation("a", wide, narrow), Cancel);

        Assert.Equal((false, narrow.Key), (refused.Reserved, refused.Exhausted));
        Assert.Equal([0L, 0L], refused.Balances.Select(balance => balance.ReservedNanoUsd));
        Assert.True((await _store.ReserveAsync(Reservation("b", wide), Cancel)).Reserved);
        Assert.Equal(5, Assert.Single(await _store.ListBalancesAsync(_clock.GetUtcNow(), Cancel), balance => balance.Key == wide.Key).ReservedNanoUsd);
    }

    [Fact]
    public async Task Two_claims_on_one_window_count_together_under_the_lower_cap()
    {
        Assert.False((await _store.ReserveAsync(Reservation("a", Claim(Key, 5, 7), Claim(Key, 5, 10)), Cancel)).Reserved);
        Assert.True((await _store.ReserveAsync(Reservation("a", Claim(Key, 5, 10), Claim(Key, 5, 10)), Cancel)).Reserved);
    }

    [Fact]
    public async Task A_reservation_ends_when_nobody_renews_it_and_what_was_spent_still_counts()
    {
        var claim = Claim(Key, 8, 10);
        await _store.ReserveAsync(Reservation("a", claim), Cancel);
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.True(await _store.RenewAsync("a", TimeSpan.FromMinutes(5), Cancel));
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False((await _store.ReserveAsync(Reservation("b", claim), Cancel)).Reserved);

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await _store.RenewAsync("a", TimeSpan.FromMinutes(5), Cancel));
        Assert.True((await _store.ReserveAsync(Reservation("b", claim), Cancel)).Reserved);
        var balance = Assert.Single(await _store.SettleAsync(new BudgetSettlement("a", 7, 70, [claim]), Cancel));
        Assert.Equal((7, 8, 70), (balance.SpentNanoUsd, balance.ReservedNanoUsd, balance.SpentTokens));
    }

    [Fact]
    public async Task The_same_id_reserves_once_and_settles_once()
    {
        var claim = Claim(Key, 6, 10);
        await _store.ReserveAsync(Reservation("a", claim), Cancel);
        Assert.True((await _store.ReserveAsync(Reservation("a", claim), Cancel)).Reserved);

        await _store.SettleAsync(new BudgetSettlement("a", 3, 0, [claim]), Cancel);
        var again = await _store.SettleAsync(new BudgetSettlement("a", 3, 0, [claim]), Cancel);
        var late = await _store.ReserveAsync(Reservation("a", claim), Cancel);

        Assert.Equal((3, 0), (again[0].SpentNanoUsd, again[0].ReservedNanoUsd));
        Assert.Equal((true, 0), (late.Reserved, late.Balances[0].ReservedNanoUsd));
    }

    [Fact]
    public async Task Windows_that_are_over_are_not_listed_and_are_forgotten_a_week_later()
    {
        var claim = Claim(Key, 6, 10);
        await _store.SettleAsync(new BudgetSettlement("a", 3, 0, [claim]), Cancel);

        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await _store.ListBalancesAsync(_clock.GetUtcNow(), Cancel));
        Assert.Single(await _store.ListBalancesAsync(_clock.GetUtcNow() - TimeSpan.FromHours(1), Cancel));

        _clock.Advance(TimeSpan.FromDays(8));
        await _store.ListBalancesAsync(_clock.GetUtcNow(), Cancel);
        Assert.Empty(await _store.ListBalancesAsync(claim.Key.WindowStart, Cancel));
    }

    [Fact]
    public async Task Many_callers_at_once_never_reserve_more_than_the_cap()
    {
        var claim = Claim(Key, 1, 10);

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(index => Task.Run(async () => await _store.ReserveAsync(Reservation($"a{index}", claim), Cancel))));

        Assert.Equal(10, results.Count(result => result.Reserved));
    }

    private static BudgetClaim Claim(BudgetKey key, long nano, long cap) => new(key, nano, 0, cap, null);

    private static BudgetReservation Reservation(string id, params BudgetClaim[] claims) => new() { Id = id, Claims = [.. claims], Duration = TimeSpan.FromMinutes(5) };
}
