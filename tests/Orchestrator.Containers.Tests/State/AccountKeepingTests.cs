using Orchestrator.Containers.State;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.State;

public sealed class AccountKeepingTests : IDisposable
{
    private static readonly PoolAccount Some = new() { CostUsd = 3.5m, IdleCostUsd = 1, Day = new DateOnly(2026, 1, 1), DayCostUsd = 2, Weights = [new InstanceWeight("a-1", 3)] };

    private readonly ManualTimeProvider _clock = new();
    private readonly BrokenState _state = new();
    private readonly ScriptedPool _pool = new();
    private readonly RecordingLoggerProvider _log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_kept_is_what_the_next_process_is_told()
    {
        var first = Keeping();
        _pool.Now = Some;
        await first.KeepAsync(Cancel);

        var next = new ScriptedPool();
        await new AccountKeeping(next, "w", _state, _clock, _log.CreateLogger("test")).ReadAsync(Cancel);

        Assert.Equal([Some], next.Recalled);
        Assert.Equal([null], _pool.Recalled);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task A_change_is_written_no_sooner_than_the_heartbeat_and_what_stays_the_same_once_a_minute()
    {
        var keeping = Keeping();
        _pool.Now = Some;
        await keeping.KeepAsync(Cancel);

        _pool.Now = Some with { CostUsd = 4 };
        _clock.Advance(AccountKeeping.Interval - TimeSpan.FromSeconds(1));
        await keeping.KeepAsync(Cancel);
        Assert.Equal(1, (await EntryAsync())!.Version);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await keeping.KeepAsync(Cancel);
        Assert.Equal(2, (await EntryAsync())!.Version);

        _clock.Advance(AccountKeeping.Renewal - TimeSpan.FromSeconds(1));
        await keeping.KeepAsync(Cancel);
        Assert.Equal(2, (await EntryAsync())!.Version);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await keeping.KeepAsync(Cancel);
        Assert.Equal((3, _clock.GetUtcNow()), ((await EntryAsync())!.Version, (await EntryAsync())!.At));
    }

    [Fact]
    public async Task What_the_pool_told_last_is_written_when_the_host_stops_without_waiting()
    {
        var keeping = Keeping();
        _pool.Now = Some;
        await keeping.KeepAsync(Cancel);
        _pool.Now = Some with { CostUsd = 4 };

        await keeping.CloseAsync(Cancel);
        await keeping.CloseAsync(Cancel);

        Assert.Equal((2L, 4m), ((await EntryAsync())!.Version, PoolAccount.Parse((await EntryAsync())!.Value!)!.CostUsd));
    }

    [Fact]
    public async Task A_pool_without_a_rate_and_weights_leaves_no_trace()
    {
        var keeping = Keeping();

        await keeping.KeepAsync(Cancel);
        await keeping.CloseAsync(Cancel);

        Assert.Null(await EntryAsync());
    }

    [Fact]
    public async Task Nothing_is_written_before_what_was_kept_is_read_and_the_pool_has_taken_it_up()
    {
        _pool.Now = Some;
        await Keeping().KeepAsync(Cancel);
        var (slow, keeping) = (new ScriptedPool { Now = null }, (AccountKeeping?)null);
        keeping = new AccountKeeping(slow, "w", _state, _clock, _log.CreateLogger("test"));
        _state.FailedReads = 1;

        await Assert.ThrowsAsync<IOException>(() => keeping.KeepAsync(Cancel).AsTask());
        Assert.Empty(slow.Recalled);
        await keeping.KeepAsync(Cancel);
        await keeping.CloseAsync(Cancel);

        Assert.Equal([Some], slow.Recalled);
        Assert.Equal(1, (await EntryAsync())!.Version);
    }

    [Fact]
    public async Task What_was_deleted_as_old_or_written_by_somebody_else_is_written_over()
    {
        var keeping = Keeping();
        _pool.Now = Some;
        await keeping.KeepAsync(Cancel);
        await _state.SetAsync((await EntryAsync())! with { Value = "{}" }, Cancel);
        _pool.Now = Some with { CostUsd = 4 };

        await keeping.CloseAsync(Cancel);

        Assert.Equal(4m, PoolAccount.Parse((await EntryAsync())!.Value!)!.CostUsd);
    }

    [Theory]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"cost_usd":-1}""")]
    [InlineData("""{"cost_usd":1e300}""")]
    [InlineData("""{"cost_usd":79228162514264337593543950335}""")]
    [InlineData("""{"cost_usd":1,"idle_cost_usd":2}""")]
    [InlineData("""{"cost_usd":1,"day":"2026-01-01","day_cost_usd":2}""")]
    [InlineData("""{"cost_usd":1,"day":"yesterday","day_cost_usd":1}""")]
    [InlineData("""{"weights":[null]}""")]
    [InlineData("""{"weights":[{"instance":"a-1"}]}""")]
    [InlineData("""{"weights":[{"instance":"a-1","weight":0}]}""")]
    [InlineData("""{"weights":[{"instance":"a-1","weight":1001}]}""")]
    [InlineData("""{"weights":[{"instance":"a 1","weight":2}]}""")]
    [InlineData("""{"weights":[{"instance":"a-1","weight":"NaN"}]}""")]
    public async Task What_cannot_be_right_is_told_once_and_counts_for_nothing(string value)
    {
        await _state.SetAsync(new PoolStateEntry { Pool = "a", WorkerName = "w", Key = PoolStateEntry.AccountKey, Value = value, At = _clock.GetUtcNow() }, Cancel);
        var keeping = Keeping();
        _pool.Now = Some;

        await keeping.ReadAsync(Cancel);
        await keeping.KeepAsync(Cancel);

        Assert.Equal([null], _pool.Recalled);
        Assert.Equal(1357, Assert.Single(_log.Entries).EventId.Id);
        Assert.Equal(Some, PoolAccount.Parse((await EntryAsync())!.Value!));
    }

    [Fact]
    public void A_later_version_may_know_more()
    {
        Assert.Equal(PoolAccount.Empty with { CostUsd = 1 }, PoolAccount.Parse("""{"cost_usd":1,"colour":"green"}"""));
    }

    public void Dispose() => _log.Dispose();

    private AccountKeeping Keeping() => new(_pool, "w", _state, _clock, _log.CreateLogger("test"));

    private ValueTask<PoolStateEntry?> EntryAsync() => _state.GetAsync("a", "w", PoolStateEntry.AccountKey, Cancel);
}
