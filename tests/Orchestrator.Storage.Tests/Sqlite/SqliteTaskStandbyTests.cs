using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;
using SQLitePCL;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteTaskStandbyTests : IDisposable
{
    private static readonly LeaseRequest Request = new()
    {
        Worker = new WorkerIdentity { Id = "w1", WorkerName = "first", ContainerName = "pod-1" },
        Duration = TimeSpan.FromMinutes(1),
        Count = 5,
    };

    private readonly SqliteFile _file = new();
    private readonly SqliteDatabase _database;
    private readonly SqliteTaskStore _store;

    public SqliteTaskStandbyTests()
    {
        _database = _file.Open();
        _store = new SqliteTaskStore(_database, null);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task Who_stands_by_gets_a_task_by_the_commit_that_adds_it()
    {
        var commits = await CountCommitsAsync();
        var leasing = _store.LeaseNextAsync(Request, Cancel).AsTask();
        Assert.False(leasing.IsCompleted);

        await AddAsync("t1");

        var lease = Assert.Single(await leasing);
        Assert.Equal(("t1", 1, _file.Time.GetUtcNow() + Request.Duration), (lease.Task.Id, lease.Task.Attempt, lease.ExpiresAt));
        Assert.Equal(lease.Task, await _store.GetAsync("t1", Cancel));
        Assert.Equal(1, commits());
    }

    [Fact]
    public async Task Each_task_goes_to_one_and_who_waited_longest_is_first()
    {
        var first = _store.LeaseNextAsync(Request, Cancel).AsTask();
        var second = _store.LeaseNextAsync(Request with { Worker = Request.Worker with { Id = "w2" } }, Cancel).AsTask();

        await AddAsync("t1");
        Assert.Equal("t1", Assert.Single(await first).Task.Id);
        Assert.False(second.IsCompleted);
        await AddAsync("t2");

        Assert.Equal("t2", Assert.Single(await second).Task.Id);
    }

    [Fact]
    public async Task Who_gave_up_gets_nothing_and_the_task_stays_for_others()
    {
        using var stopping = new CancellationTokenSource();
        var leasing = _store.LeaseNextAsync(Request, stopping.Token).AsTask();
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leasing);

        await AddAsync("t1");

        Assert.Equal(QueuedTaskState.Available, (await _store.GetAsync("t1", Cancel))!.State);
    }

    [Fact]
    public async Task A_task_of_another_queue_wakes_nobody_and_one_that_cannot_start_yet_gives_nothing()
    {
        var leasing = _store.LeaseNextAsync(Request, Cancel).AsTask();

        await AddAsync("t1", task => task with { Queue = "elsewhere" });
        Assert.False(leasing.IsCompleted);
        await AddAsync("t2", task => task with { Delay = TimeSpan.FromSeconds(9) });

        Assert.Empty(await leasing);
    }

    [Fact]
    public async Task Closing_the_database_ends_waiting()
    {
        var leasing = _store.LeaseNextAsync(Request, Cancel).AsTask();

        _database.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => leasing);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _store.LeaseNextAsync(Request, Cancel).AsTask());
    }

    [Fact]
    public async Task Counters_stay_exact_whichever_queue_a_worker_asks_for_when_it_ends_tasks()
    {
        await AddAsync("t1");
        await AddAsync("t2", task => task with { Queue = "elsewhere" });
        await AddAsync("t3");
        var leased = (await LeaseAsync("default")).Concat(await LeaseAsync("elsewhere")).ToList();

        await _store.EndAsync([TaskOutcome.Completed(leased[0].Token), TaskOutcome.Completed(leased[2].Token)], Request, _file.Time.GetUtcNow(), Cancel);
        await _store.EndAsync([TaskOutcome.Cancelled(leased[1].Token)], null, _file.Time.GetUtcNow(), Cancel);

        Assert.Equal(
            await _file.QueryAsync<string>("SELECT group_concat(line) FROM (SELECT queue || state || count(*) AS line FROM tasks GROUP BY queue, state ORDER BY queue, state)"),
            await _file.QueryAsync<string>("SELECT group_concat(line) FROM (SELECT queue || state || count AS line FROM queue_counters WHERE count <> 0 ORDER BY queue, state)"));
    }

    private async Task<ValueList<TaskLease>> LeaseAsync(string queue) => await _store.LeaseAsync(Request with { Queue = queue }, _file.Time.GetUtcNow(), Cancel);

    private async Task AddAsync(string id, Func<TaskSubmission, TaskSubmission>? change = null)
    {
        var task = new TaskSubmission { Id = id, Type = "test", Payload = "1" };
        await _store.AddAsync([change?.Invoke(task) ?? task], _file.Time.GetUtcNow(), Cancel);
    }

    private async Task<Func<int>> CountCommitsAsync()
    {
        var commits = 0;
        await _database.WriteAsync(
            connection =>
            {
                raw.sqlite3_commit_hook(connection.Handle, _ => Interlocked.Increment(ref commits) & 0, null);
                return 0;
            },
            Cancel);
        Interlocked.Exchange(ref commits, 0); // That of the hook itself.
        return () => Volatile.Read(ref commits);
    }
}
