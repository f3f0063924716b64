using Orchestrator.Conformance.Containers;
using Orchestrator.Containers;
using Orchestrator.Storage.PostgreSql.Containers;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance.Containers;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlContainerPoolStateTests : ContainerPoolStateConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    protected override IContainerPoolState Open() => new PostgreSqlContainerPoolState(_schema.Open(), null, null);
}
