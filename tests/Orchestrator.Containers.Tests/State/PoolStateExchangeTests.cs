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

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_asked_is_done_once_and_whoever_asked_hears_it()
    {
        var (scale, restart, drain) = (Request(PoolRequestKind.Scale) with { Instances = 2, Instance = null }, Request(PoolRequestKind.Restart), Request(PoolRequestKind.Drain));

        await RunAsync(scale, restart, drain);

        Assert.Equal(["scale a 2", "restart a-1", "drain a-1"], _balancer.Done);
        Assert.All(await OutcomesAsync(scale, restart, drain), outcome => Assert.Equal((PoolRequestState.Done, null), outcome));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_a_reason()
    {
        PoolRequest[] requests =
        [
            Request(PoolRequestKind.Scale) with { Instances = 9, Instance = null }, Request(PoolRequestKind.Scale) with { Pool = "b", Instances = 1 },
            Request(PoolRequestKind.Restart) with { Instance = "a-7" }, Request(PoolRequestKind.Drain) with { Instance = "a-gone" }, Request(PoolRequestKind.Unknown),
        ];

        await RunAsync(requests);

        Assert.Empty(_balancer.Done);
        Assert.Equal(
            [
                "Pool a cannot have 9 instances: its settings allow fewer.", "Worker w has no pool b.", "Pool a has no instance a-7.", "Instance a-gone is gone.",
                "This version does not know what is asked for.",
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
    public async Task A_database_that_is_away_is_told_once_and_asked_again()
    {
        using var recorder = new RecordingLoggerProvider();
        var broken = new BrokenState { Failures = 3 };
        using var exchange = new PoolStateExchange(["a"], "w", _balancer, broken, _clock, recorder.CreateLogger("test"));
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

    private PoolStateExchange Exchange(IContainerPoolState state) => new(["a"], "w", _balancer, state, _clock, NullLogger.Instance);

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
