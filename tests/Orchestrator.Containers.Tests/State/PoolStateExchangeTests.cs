using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Containers.State;
using Orchestrator.Json;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.State;

public sealed class PoolStateExchangeTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryContainerPoolState _state = new();
    private readonly ScriptedBalancer _balancer = new();
    private readonly ScriptedPool _pool = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_is_done_once_and_whoever_asked_hears_it()
    {
        var (scale, restart, drain) = (Request(PoolRequestKind.Scale) with { Instances = 2, Instance = null }, Request(PoolRequestKind.Restart), Request(PoolRequestKind.Drain));

        var weight = Request(PoolRequestKind.Weight) with { Weight = 2.5 };

        await RunAsync(scale, restart, drain, weight);

        Assert.Equal(["scale a 2", "restart a-1", "drain a-1", "weight 2.5 a-1"], _balancer.Done);
        Assert.All(await OutcomesAsync(scale, restart, drain, weight), outcome => Assert.Equal((PoolRequestState.Done, null), outcome));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_reason()
    {
        PoolRequest[] requests =
        [
            Request(PoolRequestKind.Scale) with { Instances = 9, Instance = null }, Request(PoolRequestKind.Scale) with { Pool = "b", Instances = 1 },
            Request(PoolRequestKind.Restart) with { Instance = "a-7" }, Request(PoolRequestKind.Drain) with { Instance = "a-gone" }, Request(PoolRequestKind.Unknown),
            Request(PoolRequestKind.Weight), Request(PoolRequestKind.Weight) with { Instance = "a-7", Weight = 2 }, Request(PoolRequestKind.Weight) with { Instance = "a-gone", Weight = 2 },
        ];

        await RunAsync(requests);

        Assert.Empty(_balancer.Done);
        Assert.Equal(
            [
                "Pool a cannot have 9 instances: its settings allow fewer.", "Worker w has no pool b.", "Pool a has no instance a-7.", "Instance a-gone is gone.",
                "This version does not know what is asked for.", "This version does not know what is asked for.", "Pool a has no instance a-7.", "Instance a-gone is gone.",
            ],
            (await OutcomesAsync(requests)).Select(outcome => outcome.Message));
        Assert.All(await OutcomesAsync(requests), outcome => Assert.Equal(PoolRequestState.Refused, outcome.State));
    }

    [Fact]
    public async Task A_running_host_tells_its_pools_each_second_and_gives_them_up_when_it_stops()
    {
        using var exchange = Exchange(_state);
        exchange.Start();
        await _clock.WaitForTimerAsync(1, Cancel);
        Assert.Equal(1, await DesiredAsync());

        _balancer.Desired = 2;
        _clock.Advance(PoolStateExchange.Interval);
        await _clock.WaitForTimerAsync(1, Cancel);
        Assert.Equal(2, await DesiredAsync());

        await exchange.StopAsync(Cancel);
        Assert.Null((await EntryAsync())!.Value);
    }

    [Fact]
    public async Task Of_a_host_that_stopped_the_account_stays_and_the_status_goes()
    {
        using var exchange = Exchange(_state);
        exchange.Start();
        _pool.Now = PoolAccount.Empty with { CostUsd = 1 };
        await _clock.WaitForTimerAsync(1, Cancel);
        _pool.Now = PoolAccount.Empty with { CostUsd = 2 };

        await exchange.StopAsync(Cancel);
        await exchange.KeepLastAsync(Cancel);

        Assert.Equal([(PoolStateEntry.AccountKey, """{"cost_usd":2,"idle_cost_usd":0,"day_cost_usd":0,"weights":[]}"""), (PoolStateEntry.StatusKey, null)],
            (await _state.ListAsync("a", Cancel)).Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_once_and_asked_again()
    {
        using var recorder = new RecordingLoggerProvider();
        var broken = new BrokenState { Failures = 3 };
        using var exchange = new PoolStateExchange([_pool], "w", _balancer, broken, _clock, recorder.CreateLogger("test"));
        exchange.Start();
        for (var failure = 0; failure < 3; failure++)
        {
            await _clock.WaitForTimerAsync(1, Cancel);
            _clock.Advance(PoolStateExchange.RetryDelay);
        }

        await _clock.WaitForTimerAsync(1, Cancel);
        Assert.Equal("status", Assert.Single(await broken.Inner.ListAsync("a", Cancel)).Key);
        await exchange.StopAsync(Cancel);
        Assert.Single(recorder.Entries);
    }

    [Fact]
    public async Task What_cannot_be_read_of_one_pool_holds_no_other_up()
    {
        var state = new BrokenState { UnreadablePool = "b" };
        using var exchange = new PoolStateExchange([new ScriptedPool { Name = "b" }, _pool], "w", _balancer, state, _clock, NullLogger.Instance);
        var request = Request(PoolRequestKind.Restart);
        await state.AddRequestAsync(request, Cancel);
        _pool.Now = PoolAccount.Empty with { CostUsd = 1 };

        exchange.Start();
        await _clock.WaitForTimerAsync(1, Cancel);

        Assert.Equal(PoolRequestState.Done, (await state.FindRequestAsync(request.Id, Cancel))!.State);
        Assert.Equal([PoolStateEntry.AccountKey, PoolStateEntry.StatusKey], (await state.ListAsync(null, Cancel)).Select(entry => entry.Key));
        await exchange.StopAsync(Cancel);
    }

    private static PoolRequest Request(PoolRequestKind kind) => new()
    {
        Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
        Pool = "a",
        WorkerName = "w",
        Kind = kind,
        Instance = "a-1",
        CreatedAt = ManualTimeProvider.DefaultStart,
        ExpiresAt = ManualTimeProvider.DefaultStart.AddMinutes(1),
    };

    private PoolStateExchange Exchange(IContainerPoolState state) => new([_pool], "w", _balancer, state, _clock, NullLogger.Instance);

    private async Task RunAsync(params PoolRequest[] requests)
    {
        foreach (var request in requests)
        {
            await _state.AddRequestAsync(request, Cancel);
        }

        using var exchange = Exchange(_state);
        exchange.Start();
        await _clock.WaitForTimerAsync(1, Cancel);
        _clock.Advance(PoolStateExchange.Interval);
        await _clock.WaitForTimerAsync(1, Cancel);
        await exchange.StopAsync(Cancel);
    }

    private async Task<List<(PoolRequestState State, string? Message)>> OutcomesAsync(params PoolRequest[] requests)
    {
        var outcomes = new List<(PoolRequestState, string?)>();
        foreach (var request in requests)
        {
            var ended = (await _state.FindRequestAsync(request.Id, Cancel))!;
            outcomes.Add((ended.State, ended.Message));
        }

        return outcomes;
    }

    private ValueTask<PoolStateEntry?> EntryAsync() => _state.GetAsync("a", "w", PoolStateEntry.StatusKey, Cancel);

    private async Task<int> DesiredAsync() => OrchestratorJson.Read((await EntryAsync())!.Value!, OrchestratorJsonContext.Default.PoolStatus).Desired;
}
