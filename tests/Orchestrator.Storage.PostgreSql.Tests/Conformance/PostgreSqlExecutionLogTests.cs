using Orchestrator.Conformance;
using Orchestrator.Executions;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlExecutionLogTests : ExecutionLogConformanceTests, IAsyncDisposable
{
    private readonly PostgresSchema _schema = new();

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    protected override IExecutionLog Open() => new PostgreSqlExecutionLog(_schema.Open(), null);
}
