using Orchestrator.Conformance;
using Orchestrator.Conformance.Schedules;

namespace Orchestrator.Storage.Tests.Sqlite.Schedules;

public sealed class SqliteScheduleTests : ScheduleConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }
}
