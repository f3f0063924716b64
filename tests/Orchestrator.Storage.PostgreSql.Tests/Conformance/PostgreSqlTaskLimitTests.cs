using Orchestrator.Conformance;
using Orchestrator.Conformance.Tasks;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlTaskLimitTests : TaskLimitConformanceTests
{
    private readonly PostgresSchema _schema = new();

    protected override StorageSeams Open() => _schema.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _schema.DisposeAsync();
    }
}
