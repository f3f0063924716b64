using Orchestrator.Conformance;
using Orchestrator.Conformance.Operations;

namespace Orchestrator.Storage.Tests.Sqlite.Operations;

public sealed class SqliteTaskChangeTests : TaskChangeConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }
}
