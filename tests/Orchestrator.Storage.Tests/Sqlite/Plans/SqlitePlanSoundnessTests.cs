using Orchestrator.Conformance;
using Orchestrator.Conformance.Plans;

namespace Orchestrator.Storage.Tests.Sqlite.Plans;

public sealed class SqlitePlanSoundnessTests : PlanSoundnessConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }
}
