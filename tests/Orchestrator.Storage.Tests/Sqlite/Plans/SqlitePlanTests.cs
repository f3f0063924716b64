using Orchestrator.Conformance;
using Orchestrator.Conformance.Plans;
using Orchestrator.Queue;
using Orchestrator.Queue.Plans;
using Orchestrator.Storage.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Tests.Sqlite.Plans;

public sealed class SqlitePlanTests : PlanConformanceTests
{
    private readonly SqliteFile _file = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_ends_of_many_parents_cost_their_child_little_from_whichever_side_they_come(bool fromTheLast)
    {
        const int Parents = 1000;
        var cancel = TestContext.Current.CancellationToken;
        var database = _file.Open();
        var store = new SqliteTaskStore(database, null);
        var ids = Enumerable.Range(0, Parents).Select(i => $"t{i}").ToArray();
        await new SqliteTaskPlans(database, null).AddAsync(
            new TaskPlan { Id = "p", Tasks = [.. ids.Select(id => QueueScript.Step(id)), QueueScript.Step("child", ids)] }, _file.Time.GetUtcNow(), cancel);
        var leases = await store.LeaseAsync(new LeaseRequest { Worker = QueueScript.Worker, Count = Parents }, _file.Time.GetUtcNow(), cancel);
        var outcomes = leases.Select(lease => TaskOutcome.Completed(lease.Token));
        var ticks = 0;
        await database.WriteAsync(
            connection =>
            {
                raw.sqlite3_progress_handler(connection.Handle, 1000, _ => ++ticks < 0 ? 1 : 0, null);
                return 0;
            },
            cancel);

        foreach (var outcome in fromTheLast ? outcomes.Reverse() : outcomes)
        {
            await store.EndAsync([outcome], null, _file.Time.GetUtcNow(), cancel);
        }

        Assert.Equal(QueuedTaskState.Available, (await store.GetAsync("child", cancel))!.State);
        Assert.InRange(ticks, 1, 2 * Parents);
    }
}
