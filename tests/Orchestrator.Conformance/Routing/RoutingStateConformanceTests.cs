using Orchestrator.Routing.State;

namespace Orchestrator.Conformance.Routing;

/// <summary>What every <see cref="IRoutingStateStore"/> must do with money, tokens and what the router remembers. Each test starts with an empty store.</summary>
public abstract class RoutingStateConformanceTests
{
    private const long Cap = 1_000;

    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 30, 15, 123, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>Opens the test's store: once more each time it is called, as another process would. A store in memory gives the same one.</summary>
    protected abstract IRoutingStateStore Open();

    /// <summary>Moves the clock that decides when reservations end.</summary>
    protected abstract ValueTask LetPassAsync(TimeSpan time);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_are_kept_by_kind_and_key_and_the_last_one_counts()
    {
        var store = Open();
        await store.SaveAsync([Entry("session", "b", "1"), Entry("health", "b", "2"), Entry("session", "B", "3"), Entry("session", "a", "4")], Cancel);
        await store.SaveAsync([Entry("session", "a", "5"), Entry("session", "b", """{"x":"ä€😀"}""") with { At = Now.AddHours(-1) }, Entry("session", "a", "6")], Cancel);
        await store.SaveAsync([], Cancel);

        Assert.Equal(
            [Entry("health", "b", "2"), Entry("session", "B", "3"), Entry("session", "a", "6"), Entry("session", "b", """{"x":"ä€😀"}""") with { At = Now.AddHours(-1) }],
            await Open().LoadAsync(Cancel));
    }

    [Fact]
    public async Task A_reservation_counts_for_every_process_until_it_is_settled()
    {
        var claim = Claim("day", 600, 40);

        var reserved = await Open().ReserveAsync(Reserve("r1", claim), Cancel);
        Assert.Equal((true, null), (reserved.Reserved, reserved.Exhausted));
        Assert.Equal([new BudgetBalance(claim.Key, 0, 600, 0, 40)], reserved.Balances);
        Assert.Equal(reserved.Balances, await Open().ListBalancesAsync(Now, Cancel));

        var settled = await Open().SettleAsync(new BudgetSettlement("r1", 250, 50, [claim]), Cancel);
        Assert.Equal([new BudgetBalance(claim.Key, 250, 0, 50, 0)], settled);
        Assert.Equal(settled, await Open().ListBalancesAsync(Now, Cancel));
    }

    [Fact]
    public async Task A_reservation_is_made_from_all_windows_or_from_none()
    {
        var (first, second, third) = (Claim("a", 100, 1), Claim("b", 1_001, 1), Claim("c", 2_000, 1));
        var store = Open();

        var result = await store.ReserveAsync(Reserve("r1", first, second, third), Cancel);

        Assert.Equal((false, second.Key), (result.Reserved, result.Exhausted));
        Assert.Equal([new BudgetBalance(first.Key, 0, 0, 0, 0), new BudgetBalance(second.Key, 0, 0, 0, 0), new BudgetBalance(third.Key, 0, 0, 0, 0)], result.Balances);
        Assert.All(await store.ListBalancesAsync(Now, Cancel), balance => Assert.Equal((0, 0), (balance.ReservedNanoUsd, balance.ReservedTokens)));
        Assert.True((await store.ReserveAsync(Reserve("r1", Claim("a", Cap, 1)), Cancel)).Reserved);
    }

    [Fact]
    public async Task Money_and_tokens_are_capped_each_for_itself_and_to_the_last_one()
    {
        var store = Open();
        Assert.True((await store.ReserveAsync(Reserve("r1", Claim("a", 999, 999, maxTokens: 1_000)), Cancel)).Reserved);

        Assert.False((await store.ReserveAsync(Reserve("r2", Claim("a", 2, 0, maxTokens: 1_000)), Cancel)).Reserved);
        Assert.False((await store.ReserveAsync(Reserve("r3", Claim("a", 0, 2, maxTokens: 1_000)), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r4", Claim("a", 1, 1, maxTokens: 1_000)), Cancel)).Reserved);
        Assert.False((await store.ReserveAsync(Reserve("r5", Claim("a", 1, 0, maxTokens: 1_000)), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r6", new BudgetClaim(Key("a"), 5_000, 5_000)), Cancel)).Reserved);
    }

    [Fact]
    public async Task Of_a_window_that_is_used_up_not_even_nothing_can_be_reserved()
    {
        var store = Open();
        Assert.True((await store.ReserveAsync(Reserve("r1", Claim("a", 0, 0)), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r2", Claim("a", Cap - 1, 0)), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r3", Claim("a", 0, 0)), Cancel)).Reserved);
        await store.SettleAsync(new BudgetSettlement("r3", 1, 5, [Claim("a", 0, 0)]), Cancel);

        var refused = await Open().ReserveAsync(Reserve("r4", Claim("b", 1, 1), Claim("a", 0, 0)), Cancel);

        Assert.Equal((false, Key("a")), (refused.Reserved, refused.Exhausted));
        Assert.Equal(0, refused.Balances[0].ReservedNanoUsd);
        Assert.False((await store.ReserveAsync(Reserve("r5", new BudgetClaim(Key("a"), 0, 0, null, MaxTokens: 5)), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r6", new BudgetClaim(Key("a"), 0, 0, Cap + 1, MaxTokens: 6)), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r7", new BudgetClaim(Key("a"), 0, 0)), Cancel)).Reserved);
        Assert.False((await store.ReserveAsync(Reserve("r8", new BudgetClaim(Key("c"), 0, 0, MaxNanoUsd: 0)), Cancel)).Reserved);
    }

    [Fact]
    public async Task What_is_given_back_before_it_is_reserved_is_never_reserved()
    {
        var store = Open();
        await store.SettleAsync(new BudgetSettlement("late", 0, 0, []), Cancel);

        var late = await Open().ReserveAsync(Reserve("late", Claim("a", 600, 6)), Cancel);

        Assert.Equal([new BudgetBalance(Key("a"), 0, 0, 0, 0)], late.Balances);
        Assert.True((await store.ReserveAsync(Reserve("next", Claim("a", Cap, 0)), Cancel)).Reserved);
    }

    [Fact]
    public async Task What_is_spent_counts_against_the_cap_also_when_it_was_more_than_reserved()
    {
        var store = Open();
        await store.ReserveAsync(Reserve("r1", Claim("a", 100, 0)), Cancel);

        await store.SettleAsync(new BudgetSettlement("r1", 1_500, 0, [Claim("a", 100, 0)]), Cancel);

        var result = await store.ReserveAsync(Reserve("r2", Claim("a", 1, 0)), Cancel);
        Assert.Equal((false, Key("a")), (result.Reserved, result.Exhausted));
        Assert.Equal(1_500, Assert.Single(result.Balances).SpentNanoUsd);
    }

    [Fact]
    public async Task Amounts_that_no_number_holds_are_refused_or_stop_at_the_largest_one()
    {
        var store = Open();
        var most = new BudgetClaim(Key("a"), long.MaxValue, long.MaxValue);
        Assert.True((await store.ReserveAsync(Reserve("r1", most), Cancel)).Reserved);
        Assert.True((await store.ReserveAsync(Reserve("r2", most), Cancel)).Reserved);

        Assert.False((await store.ReserveAsync(Reserve("r3", most with { MaxNanoUsd = long.MaxValue - 1 }), Cancel)).Reserved);
        await store.SettleAsync(new BudgetSettlement("r1", long.MaxValue, long.MaxValue, [most]), Cancel);
        var balance = Assert.Single(await store.SettleAsync(new BudgetSettlement("r2", long.MaxValue, long.MaxValue, [most]), Cancel));

        Assert.Equal(new BudgetBalance(Key("a"), long.MaxValue, 0, long.MaxValue, 0), balance);
    }

    [Fact]
    public async Task A_reservation_is_made_once_for_its_id()
    {
        var store = Open();
        await store.ReserveAsync(Reserve("r1", Claim("a", 600, 0)), Cancel);

        var again = await Open().ReserveAsync(Reserve("r1", Claim("a", 600, 0)), Cancel);

        Assert.Equal((true, 600), (again.Reserved, Assert.Single(again.Balances).ReservedNanoUsd));
    }

    [Fact]
    public async Task A_reservation_is_settled_once_and_not_made_again_afterwards()
    {
        var store = Open();
        var claim = Claim("a", 600, 0);
        await store.ReserveAsync(Reserve("r1", claim), Cancel);
        await store.SettleAsync(new BudgetSettlement("r1", 300, 7, [claim]), Cancel);

        var again = await Open().SettleAsync(new BudgetSettlement("r1", 300, 7, [claim]), Cancel);
        var late = await store.ReserveAsync(Reserve("r1", claim), Cancel);

        Assert.Equal([new BudgetBalance(claim.Key, 300, 0, 7, 0)], again);
        Assert.True(late.Reserved);
        Assert.Equal(again, late.Balances);
        Assert.False(await store.RenewAsync("r1", Minute, Cancel));
    }

    [Fact]
    public async Task A_reservation_that_nobody_renews_is_given_back_when_its_time_is_over()
    {
        var store = Open();
        await store.ReserveAsync(Reserve("r1", Claim("a", 600, 6)), Cancel);
        Assert.False((await store.ReserveAsync(Reserve("r2", Claim("a", 600, 6)), Cancel)).Reserved);

        await LetPassAsync(Minute);

        Assert.Equal(new BudgetBalance(Key("a"), 0, 0, 0, 0), Assert.Single(await store.ListBalancesAsync(Now, Cancel)));
        Assert.False(await store.RenewAsync("r1", Minute, Cancel));
        Assert.True((await store.ReserveAsync(Reserve("r2", Claim("a", 600, 6)), Cancel)).Reserved);
        Assert.False((await store.ReserveAsync(Reserve("r1", Claim("a", 600, 6)), Cancel)).Reserved);
    }

    [Fact]
    public async Task A_reservation_whose_time_is_over_may_be_made_anew()
    {
        var store = Open();
        await store.ReserveAsync(Reserve("r1", Claim("a", 600, 0), Claim("b", 1, 0)), Cancel);
        await LetPassAsync(Minute);

        var anew = await store.ReserveAsync(Reserve("r1", Claim("a", 700, 0)), Cancel);

        Assert.Equal((true, 700), (anew.Reserved, Assert.Single(anew.Balances).ReservedNanoUsd));
        Assert.True(await store.RenewAsync("r1", Minute, Cancel));
        Assert.Equal([(Key("a"), 700), (Key("b"), 0)], (await store.ListBalancesAsync(Now, Cancel)).Select(balance => (balance.Key, balance.ReservedNanoUsd)));
    }

    [Fact]
    public async Task Renewing_makes_a_reservation_last_longer_and_never_shorter()
    {
        var store = Open();
        await store.ReserveAsync(Reserve("r1", Claim("a", 600, 0)), Cancel);
        await LetPassAsync(Minute / 2);
        Assert.True(await Open().RenewAsync("r1", Minute, Cancel));
        Assert.True(await Open().RenewAsync("r1", TimeSpan.FromSeconds(1), Cancel));

        await LetPassAsync(Minute * 0.75);
        Assert.Equal(600, Assert.Single(await store.ListBalancesAsync(Now, Cancel)).ReservedNanoUsd);
        await LetPassAsync(Minute * 0.25);

        Assert.Equal(0, Assert.Single(await store.ListBalancesAsync(Now, Cancel)).ReservedNanoUsd);
        Assert.False(await store.RenewAsync("none", Minute, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.RenewAsync("r1", TimeSpan.Zero, Cancel));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await store.RenewAsync("r1", TimeSpan.FromDays(8), Cancel));
    }

    [Fact]
    public async Task What_was_spent_is_booked_once_also_when_the_reservation_is_over_or_was_never_made()
    {
        var store = Open();
        var claim = Claim("a", 600, 0);
        await store.ReserveAsync(Reserve("over", claim), Cancel);
        await LetPassAsync(Minute * 2);

        foreach (var _ in (int[])[1, 2])
        {
            await store.SettleAsync(new BudgetSettlement("over", 100, 1, [claim]), Cancel);
            await Open().SettleAsync(new BudgetSettlement("never", 10, 2, [claim]), Cancel);
        }

        Assert.Equal([new BudgetBalance(claim.Key, 110, 0, 3, 0)], await store.ListBalancesAsync(Now, Cancel));
    }

    [Fact]
    public async Task What_was_reserved_in_one_window_is_booked_there_when_the_next_one_has_begun()
    {
        var store = Open();
        var (old, next) = (Hour(12), Hour(13));
        await store.ReserveAsync(Reserve("r1", new BudgetClaim(old, 600, 0, Cap)), Cancel);
        Assert.True((await store.ReserveAsync(Reserve("r2", new BudgetClaim(next, Cap, 0, Cap)), Cancel)).Reserved);

        var settled = await store.SettleAsync(new BudgetSettlement("r1", 700, 0, [new BudgetClaim(old, 600, 0, Cap)]), Cancel);

        Assert.Equal([new BudgetBalance(old, 700, 0, 0, 0)], settled);
        Assert.Equal([new BudgetBalance(next, 0, Cap, 0, 0)], await store.ListBalancesAsync(old.WindowEnd!.Value, Cancel));
    }

    [Fact]
    public async Task Windows_are_listed_until_they_are_over_by_budget_owner_and_start()
    {
        var store = Open();
        BudgetKey[] keys = [Key("b", "x"), Hour(13), Key("a", ""), Key("B", "x"), Hour(12), Key("b", "X")];
        foreach (var (i, key) in keys.Index())
        {
            await store.ReserveAsync(Reserve($"r{i}", new BudgetClaim(key, i + 1, 0)), Cancel);
        }

        Assert.Equal([keys[3], keys[2], keys[5], keys[0], keys[4], keys[1]], (await store.ListBalancesAsync(Now, Cancel)).Select(balance => balance.Key));
        Assert.Equal([4, 3, 6, 1, 5, 2], (await store.ListBalancesAsync(Now, Cancel)).Select(balance => balance.ReservedNanoUsd));
        Assert.Equal([keys[3], keys[2], keys[5], keys[0], keys[1]], (await store.ListBalancesAsync(keys[4].WindowEnd!.Value, Cancel)).Select(balance => balance.Key));
        Assert.Equal(5, (await store.ListBalancesAsync(keys[4].WindowEnd!.Value, Cancel)).Count);
        Assert.Equal(6, (await store.ListBalancesAsync(keys[4].WindowEnd!.Value.AddMilliseconds(-1), Cancel)).Count);
    }

    [Fact]
    public async Task Two_claims_on_one_window_count_together_under_the_lower_cap()
    {
        var store = Open();

        Assert.False((await store.ReserveAsync(Reserve("r1", Claim("a", 600, 0), Claim("a", 600, 0) with { MaxNanoUsd = 5_000 }), Cancel)).Reserved);
        var result = await store.ReserveAsync(Reserve("r2", Claim("a", 400, 1), Claim("b", 1, 1), Claim("a", 600, 1)), Cancel);

        Assert.True(result.Reserved);
        Assert.Equal([new BudgetBalance(Key("a"), 0, 1_000, 0, 2), new BudgetBalance(Key("b"), 0, 1, 0, 1)], result.Balances);
        Assert.Equal(2, (await store.SettleAsync(new BudgetSettlement("r2", 5, 5, [Claim("a", 400, 1), Claim("b", 1, 1), Claim("a", 600, 1)]), Cancel)).Sum(balance => balance.SpentNanoUsd) / 5);
    }

    [Fact]
    public async Task A_reservation_without_claims_succeeds_and_is_there()
    {
        var store = Open();

        var result = await store.ReserveAsync(Reserve("r1"), Cancel);

        Assert.True(result.Reserved);
        Assert.Empty(result.Balances);
        Assert.True(await store.RenewAsync("r1", Minute, Cancel));
        Assert.Empty(await store.SettleAsync(new BudgetSettlement("r1", 1, 1, []), Cancel));
        Assert.False(await store.RenewAsync("r1", Minute, Cancel));
    }

    [Fact]
    public async Task Sixty_four_callers_in_two_processes_never_reserve_more_than_the_cap()
    {
        IRoutingStateStore[] stores = [Open(), Open()];
        BudgetClaim[] shared = [Claim("a", 30, 1, maxTokens: 1_000), Claim("b", 7, 1)];

        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(
            async () => await stores[i % 2].ReserveAsync(Reserve($"r{i}", i % 4 < 2 ? shared : [.. shared.Reverse()]), Cancel), Cancel)));

        Assert.Equal(33, results.Count(result => result.Reserved));
        Assert.All(results.SelectMany(result => result.Balances).Where(balance => balance.Key.Budget == "a"), balance => Assert.InRange(balance.ReservedNanoUsd, 0, Cap));
        Assert.Equal([(Key("a"), 990), (Key("b"), 231)], (await Open().ListBalancesAsync(Now, Cancel)).Select(balance => (balance.Key, balance.ReservedNanoUsd)));
    }

    [Fact]
    public async Task Sixty_four_callers_who_reserve_settle_and_repeat_themselves_book_every_cent_once()
    {
        IRoutingStateStore[] stores = [Open(), Open()];
        var claim = Claim("a", 300, 3);
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(
            async () =>
            {
                var reserved = await stores[i % 2].ReserveAsync(Reserve($"r{i}", claim), Cancel);
                _ = await stores[(i + 1) % 2].ReserveAsync(Reserve($"x{i}", claim with { NanoUsd = Cap + 1 }), Cancel);
                if (!reserved.Reserved)
                {
                    Interlocked.Increment(ref refused);
                    return;
                }

                Assert.InRange(reserved.Balances[0].SpentNanoUsd + reserved.Balances[0].ReservedNanoUsd, 0, Cap);
                await Task.WhenAll(stores.Select(async store => await store.SettleAsync(new BudgetSettlement($"r{i}", 10, 1, [claim]), Cancel)));
            },
            Cancel)));

        var done = 64 - refused;
        Assert.True(done >= 3, $"Only {done} reservations succeeded.");
        Assert.Equal([new BudgetBalance(claim.Key, done * 10, 0, done, 0)], await Open().ListBalancesAsync(Now, Cancel));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_changes_nothing()
    {
        var store = Open();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReserveAsync(Reserve("r1", Claim("a", 1, 1)), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SettleAsync(new BudgetSettlement("r1", 1, 1, [Claim("a", 1, 1)]), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.SaveAsync([Entry("session", "k", "1")], cancelled));

        Assert.Empty(await store.LoadAsync(Cancel));
        Assert.DoesNotContain(await store.ListBalancesAsync(Now, Cancel), balance => balance != new BudgetBalance(balance.Key, 0, 0, 0, 0));
    }

    private static RoutingStateEntry Entry(string kind, string key, string value) => new(kind, key, value, Now);

    private static BudgetKey Key(string budget, string owner = "*") => new(budget, owner, DateTimeOffset.UnixEpoch);

    private static BudgetKey Hour(int hour) => new("hourly", "*", new DateTimeOffset(2026, 1, 1, hour, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 1, hour + 1, 0, 0, TimeSpan.Zero));

    private static BudgetClaim Claim(string budget, long nanoUsd, long tokens, long? maxTokens = null) => new(Key(budget), nanoUsd, tokens, Cap, maxTokens);

    private static BudgetReservation Reserve(string id, params BudgetClaim[] claims) => new() { Id = id, Claims = [.. claims], Duration = Minute, WorkerName = "w", ContainerName = "c" };
}
