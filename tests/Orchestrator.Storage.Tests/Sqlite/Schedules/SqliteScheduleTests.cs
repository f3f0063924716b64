using Orchestrator.Conformance;
using Orchestrator.Conformance.Schedules;

namespace Orchestrator.Storage.Tests.Sqlite.Schedules;

public sealed class SqliteScheduleTests : ScheduleConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    protected override async Task WriteRowAsync(string scheduleId, string json) =>
        await _file.ExecuteAsync("UPDATE task_schedules SET schedule = @json WHERE id = @scheduleId", new { scheduleId, json });

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }
}
