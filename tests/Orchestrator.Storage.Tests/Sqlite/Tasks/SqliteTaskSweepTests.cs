using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite.Tasks;

public sealed class SqliteTaskSweepTests : IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task A_fault_in_a_later_batch_does_not_hide_what_was_discarded_before()
    {
        var cancel = TestContext.Current.CancellationToken;
        var store = new SqliteTaskStore(_file.Open(), null);
        var now = _file.Time.GetUtcNow();
        var tasks = Enumerable.Range(0, 1500).Select(i => new TaskSubmission { Id = $"t{i}", Type = "test", Payload = "1", Deadline = now.AddSeconds(i + 1) });
        await store.AddAsync(tasks.ToValueList(), now, cancel);
        await _file.ExecuteAsync("CREATE TRIGGER refuse BEFORE UPDATE OF state ON tasks WHEN OLD.id = 't1400' BEGIN SELECT RAISE(FAIL, 'no'); END");

        var first = await store.DiscardOverdueAsync(now.AddHours(1), cancel);
        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.DiscardOverdueAsync(now.AddHours(1), cancel));
        await _file.ExecuteAsync("DROP TRIGGER refuse");
        var rest = await store.DiscardOverdueAsync(now.AddHours(1), cancel);

        Assert.Equal((1000, StorageErrorCodes.Failed, 500), (first.Count, error.Code, rest.Count));
    }
}
