using Orchestrator.Conformance.Containers;
using Orchestrator.Containers;
using Orchestrator.Storage.PostgreSql.Containers;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance.Containers;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlContainerHistoryTests : ContainerHistoryConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    protected override IContainerHistory Open() => new PostgreSqlContainerHistory(_schema.Open(), null);
}
