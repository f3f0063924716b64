using Orchestrator.Conformance;
using Orchestrator.Conformance.Operations;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite.Operations;

namespace Orchestrator.Storage.Tests.Sqlite.Operations;

public sealed class SqliteTaskListTests : TaskListConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }

    [Theory]
    [InlineData(QueuedTaskState.Available, "tasks_ready tasks_assigned tasks_grouped")]
    [InlineData(QueuedTaskState.Scheduled, "tasks_due")]
    [InlineData(QueuedTaskState.Retryable, "tasks_due")]
    [InlineData(QueuedTaskState.Running, "tasks_lease")]
    [InlineData(QueuedTaskState.Blocked, "tasks_plan")]
    [InlineData(QueuedTaskState.Discarded, "tasks_dead")]
    public async Task What_has_not_ended_and_what_is_dead_is_listed_by_an_index(QueuedTaskState state, string indexes)
    {
        foreach (var query in (TaskQuery[])[new() { State = state }, new() { State = state, Queue = "q", Type = "t", Group = "g", FailureCode = "f" }])
        {
            var plan = await _file.PlanAsync(SqliteTaskLists.Sql(query));

            Assert.All(indexes.Split(' '), index => Assert.Contains($" tasks USING INDEX {index}", plan.Replace("COVERING ", "", StringComparison.Ordinal), StringComparison.Ordinal));
            Assert.DoesNotContain("SCAN tasks\n", plan + "\n", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_heads_of_a_queue_are_found_by_indexes_whatever_waits_behind_them()
    {
        await Open().Store.InitializeAsync(TestContext.Current.CancellationToken);

        var plan = await _file.PlanAsync(SqliteQueues.ReadHeads.Replace("@queue", "'q'", StringComparison.Ordinal));

        Assert.Contains("INDEX tasks_assigned (queue=? AND assigned_worker=? AND assigned_container=?)", plan, StringComparison.Ordinal);
        Assert.Contains("INDEX task_groups_active (queue=?)", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SCAN tasks", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_tasks_are_read_from_the_end_without_sorting()
    {
        var plan = await _file.PlanAsync(SqliteTaskLists.Sql(new TaskQuery { Queue = "q", State = QueuedTaskState.Completed }));

        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
    }
}
