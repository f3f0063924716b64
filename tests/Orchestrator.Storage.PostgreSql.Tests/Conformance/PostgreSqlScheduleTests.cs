using Orchestrator.Conformance;
using Orchestrator.Conformance.Schedules;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlScheduleTests : ScheduleConformanceTests
{
    private readonly PostgresSchema _schema = new();

    protected override StorageSeams Open() => _schema.OpenSeams();

    protected override async Task WriteRowAsync(string scheduleId, string json) =>
        await _schema.ExecuteAsync("UPDATE task_schedules SET schedule = $2 WHERE id = $1", scheduleId, json);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _schema.DisposeAsync();
    }
}
