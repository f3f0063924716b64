using System.Text.RegularExpressions;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Tests.Sqlite.Tasks;

/// <summary>A statement that stops reading its partial index is what kills a queue once many tasks are finished.</summary>
public sealed partial class SqliteTaskIndexTests : IAsyncLifetime
{
    private readonly SqliteFile _file = new();

    public ValueTask InitializeAsync() => _file.Open().InitializeAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Statements => new()
    {
        { SqliteTaskLeasing.FindReady, "tasks USING INDEX tasks_ready (queue=?)" },
        { SqliteUngroupedTasks.FindReady, "tasks USING INDEX tasks_ready (queue=?)" },
        { SqliteUngroupedTasks.FindAssigned, "tasks USING INDEX tasks_assigned (queue=? AND assigned_worker=? AND assigned_container=?)" },
        { SqliteGroupTurns.FindGroups, "task_groups USING INDEX task_groups_active (queue=?)" },
        { SqliteGroupTurns.FindHeads, "tasks USING INDEX tasks_grouped (queue=? AND group_key=?)" },
        { SqliteGroupTurns.SumRunning, "tasks USING INDEX tasks_running_groups (queue=? AND group_key=? AND state=?)" },
        { SqliteTaskPromotion.FindClosed, "tasks USING INDEX tasks_closing (queue=? AND closes_at>? AND closes_at<?)" },
        { SqliteTaskPromotion.PromoteDue, "tasks USING INDEX tasks_due (queue=? AND available_at<?)" },
        { SqliteTaskSweeps.AnyExpired, "tasks USING INDEX tasks_lease (lease_until<?)" },
        { SqliteTaskSweeps.ReclaimLeases, "tasks USING INDEX tasks_lease (lease_until<?)" },
        { SqliteTaskSweeps.ReclaimWorker, "tasks USING INDEX tasks_lease" },
        { SqliteTaskSweeps.AnyOverdue, "tasks USING INDEX tasks_deadline (deadline>? AND deadline<?)" },
        { SqliteTaskLeasing.SumRunning, "tasks USING INDEX tasks_lease" },
        { LeasedTask.Find, "tasks USING INDEX sqlite_autoindex_tasks_1 (id=?)" },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public async Task Each_statement_of_the_hot_path_reads_its_index_and_sorts_nothing(string sql, string index)
    {
        var plan = (await _file.PlanAsync(Parameters().Replace(sql, "1"))).Replace("COVERING ", "", StringComparison.Ordinal);

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"SCAN (TABLE )?tasks(?! USING)", plan);
    }

    [Fact]
    public async Task The_look_at_a_queue_reads_only_its_indexes()
    {
        var plan = (await _file.PlanAsync(Parameters().Replace(QueueStand.Find, "1"))).Replace("COVERING ", "", StringComparison.Ordinal);

        foreach (var index in (string[])["tasks_due (queue=? AND available_at<?)", "tasks_closing (queue=? AND closes_at>? AND closes_at<?)", "task_groups_active (queue=?)", "tasks_assigned (queue=?)"])
        {
            Assert.Contains($"USING INDEX {index}", plan, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("@[A-Za-z]+")]
    private static partial Regex Parameters();
}
