using Orchestrator.Conformance;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteTaskStoreAdministrationTests : TaskStoreAdministrationConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override ITaskStore Open() => new SqliteTaskStore(_file.Open(), null);

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return base.DisposeAsync();
    }
}
