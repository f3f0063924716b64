using Orchestrator.Conformance.Routing;
using Orchestrator.Routing.Decisions;
using Orchestrator.Storage.PostgreSql.Routing;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance.Routing;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlRoutingDecisionLogTests : RoutingDecisionLogConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    protected override IRoutingDecisionLog Open() => new PostgreSqlRoutingDecisionLog(_schema.Open(), null, null);
}
