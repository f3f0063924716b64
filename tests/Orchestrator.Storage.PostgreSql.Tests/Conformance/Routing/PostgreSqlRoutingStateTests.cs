using Orchestrator.Conformance.Routing;
using Orchestrator.Routing.State;
using Orchestrator.Storage.PostgreSql.Routing;
using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance.Routing;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlRoutingStateTests : RoutingStateConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();
    private readonly RecordingLogger<PostgreSqlDatabase> _logs = new();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    protected override IRoutingStateStore Open() => new PostgreSqlRoutingStateStore(_schema.Open(), null, null);

    private PostgreSqlRoutingStateStore OpenLogged() => new(_schema.Open(logger: _logs), null, null);

    // The server's clock cannot be moved: what it is compared with can.
    protected override async ValueTask LetPassAsync(TimeSpan time)
    {
        var milliseconds = (long)time.TotalMilliseconds;
        await _schema.ExecuteAsync($"UPDATE ai_routing_reservations SET expires_at = expires_at - {milliseconds}; UPDATE ai_routing_claims SET expires_at = expires_at - {milliseconds}");
    }

    [Fact]
    public async Task Callers_who_want_the_same_windows_in_every_order_never_wait_in_a_circle()
    {
        IRoutingStateStore[] stores = [OpenLogged(), OpenLogged()];
        var claims = Enumerable.Range(0, 6).Select(i => new BudgetClaim(new BudgetKey($"b{i}", "*", DateTimeOffset.UnixEpoch), 1, 1)).ToArray();

        await Task.WhenAll(Enumerable.Range(0, 32).Select(i => Task.Run(
            async () =>
            {
                var rotated = claims.Skip(i % 6).Concat(claims.Take(i % 6)).ToValueList();
                var id = $"r{i}";
                await stores[i % 2].ReserveAsync(new BudgetReservation { Id = id, Claims = rotated, Duration = TimeSpan.FromMinutes(1) }, Cancel);
                Assert.True(await stores[i % 2].RenewAsync(id, TimeSpan.FromMinutes(2), Cancel));
                await stores[(i + 1) % 2].SettleAsync(new BudgetSettlement(id, 1, 1, [.. rotated.Reverse()]), Cancel);
            },
            Cancel)));

        Assert.All(await stores[0].ListBalancesAsync(DateTimeOffset.UnixEpoch, Cancel), balance => Assert.Equal((32, 0), (balance.SpentNanoUsd, balance.ReservedNanoUsd)));
        Assert.DoesNotContain(_logs.Entries, entry => entry.EventId.Name == "PostgreSqlTransactionRetried");
    }
}
