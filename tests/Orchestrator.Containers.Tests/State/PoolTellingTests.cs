using Orchestrator.Containers.State;
using Orchestrator.Json;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Tests.State;

public sealed class PoolTellingTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly InMemoryContainerPoolState _state = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_pool_is_told_when_it_changed_and_cost_alone_waits_for_the_next_heartbeat()
    {
        var telling = new PoolTelling("a", "w", _state, _clock);

        await telling.TellAsync(Status(1, 0.5m), Cancel);
        await telling.TellAsync(Status(1, 0.6m), Cancel);
        Assert.Equal((1, 0.5m), await ToldAsync());

        await telling.TellAsync(Status(2, 0.7m), Cancel);
        Assert.Equal((2, 0.7m), await ToldAsync());

        _clock.Advance(PoolTelling.Heartbeat);
        await telling.TellAsync(Status(2, 0.8m), Cancel);
        Assert.Equal((3, 0.8m), await ToldAsync());
        Assert.Equal(_clock.GetUtcNow(), (await EntryAsync())!.At);
    }

    [Fact]
    public async Task A_host_that_comes_back_goes_on_where_it_stopped()
    {
        var first = new PoolTelling("a", "w", _state, _clock);
        await first.TellAsync(Status(1, 0), Cancel);
        await first.GiveUpAsync(Cancel);
        await first.GiveUpAsync(Cancel);
        Assert.Equal((null, 2L), ((await EntryAsync())!.Value, (await EntryAsync())!.Version));

        await new PoolTelling("a", "w", _state, _clock).TellAsync(Status(1, 0), Cancel);

        Assert.Equal((3, 0m), await ToldAsync());
    }

    [Fact]
    public async Task A_value_that_somebody_else_changed_is_told_anew_at_the_next_occasion()
    {
        var telling = new PoolTelling("a", "w", _state, _clock);
        await telling.TellAsync(Status(1, 0), Cancel);
        await _state.SetAsync((await EntryAsync())! with { Value = "{}" }, Cancel);

        await telling.TellAsync(Status(2, 0), Cancel);
        Assert.Equal("{}", (await EntryAsync())!.Value);
        await telling.TellAsync(Status(2, 0), Cancel);

        Assert.Equal((3, 0m), await ToldAsync());
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(",\"weight\":-3", 1)]
    [InlineData(",\"weight\":2.5", 2.5)]
    public void A_host_that_knows_no_weights_has_instances_of_the_weight_one(string told, double weight)
    {
        var status = OrchestratorJson.Read($$"""{"pool":"a","instances":[{"name":"a-1","state":"ready"{{told}}}]}""", OrchestratorJsonContext.Default.PoolStatus);

        Assert.Equal(weight, Assert.Single(status.Instances).Weight);
    }

    private static PoolStatus Status(int desired, decimal cost) => new() { Pool = "a", Desired = desired, CostUsd = cost };

    private async Task<(int Version, decimal Cost)> ToldAsync()
    {
        var entry = (await EntryAsync())!;
        return ((int)entry.Version, OrchestratorJson.Read(entry.Value!, OrchestratorJsonContext.Default.PoolStatus).CostUsd);
    }

    private ValueTask<PoolStateEntry?> EntryAsync() => _state.GetAsync("a", "w", PoolStateEntry.StatusKey, Cancel);
}
