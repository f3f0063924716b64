using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Conformance.Model;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteTaskModelTests : TaskModelConformanceTests
{
    protected override ModelDatabase Create()
    {
        var directory = new TemporaryDirectory();
        var path = directory.Combine("model.db");
        return new ModelDatabase(
            () => Open(path),
            () =>
            {
                directory.Dispose();
                return ValueTask.CompletedTask;
            });
    }

    // Nobody pulls the plug here: what a power failure costs is another test's business.
    private static ModelProcess Open(string path)
    {
        var services = new ServiceCollection();
        services.AddOrchestratorStorage(options => (options.Path, options.Durability) = (path, SqliteDurability.Normal));
        var provider = services.BuildServiceProvider();
        return new ModelProcess(
            provider.GetRequiredService<ITaskStore>(), provider.GetRequiredService<ITaskOperations>(), provider.GetRequiredService<ITaskPlanStore>(), provider.DisposeAsync);
    }
}
