using Orchestrator.Conformance;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteTaskStoreTests : TaskStoreConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override ITaskStore Open() => new SqliteTaskStore(_file.Open(), null);

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task Leasing_and_sweeping_read_an_index_and_sort_nothing()
    {
        var plan = await _file.PlanAsync("""
            SELECT seq FROM tasks
            WHERE queue = 'default' AND state IN ('available', 'scheduled', 'retryable') AND available_at <= 1 AND (deadline IS NULL OR deadline > 1) AND (1 OR type IN ('a')) AND (NULL IS NULL OR id = NULL)
            ORDER BY priority DESC, available_at, seq LIMIT 1
            """);
        Assert.Contains("tasks_ready", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.Contains("tasks_lease", await _file.PlanAsync("SELECT 1 FROM tasks WHERE state = 'running' AND lease_until <= 1"), StringComparison.Ordinal);
        Assert.Contains(
            "tasks_deadline",
            await _file.PlanAsync("SELECT 1 FROM tasks WHERE deadline IS NOT NULL AND deadline <= 1 AND state IN ('available', 'scheduled', 'retryable', 'blocked')"),
            StringComparison.Ordinal);
    }
}
