using Orchestrator.Conformance;
using Orchestrator.Conformance.Tasks;

namespace Orchestrator.Storage.Tests.Sqlite.Tasks;

public sealed class SqliteTaskAddingTests : TaskAddingConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }
}
