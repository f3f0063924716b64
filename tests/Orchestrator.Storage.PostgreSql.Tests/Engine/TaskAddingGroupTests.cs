using Orchestrator.Conformance;
using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class TaskAddingGroupTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task Callers_at_once_share_commits_and_each_hears_of_its_own_tasks()
    {
        var store = _schema.OpenSeams().Store;
        await store.InitializeAsync(Cancel);

        // Every id is added by two callers.
        var results = await TogetherAsync(300, index => store.AddAsync([QueueScript.Submission($"t{index / 2}")], Now, Cancel));

        Assert.Equal(Enumerable.Range(0, 300).Select(index => $"t{index / 2}"), results.Select(result => Assert.Single(result).TaskId));
        Assert.Equal((150, 150), (Count(results, EnqueueStatus.Enqueued), Count(results, EnqueueStatus.Duplicate)));
        Assert.Equal(150, await _schema.QueryAsync<long>("SELECT count(*) FROM tasks"));
        Assert.InRange(await _schema.QueryAsync<long>("SELECT count(DISTINCT xmin::text) FROM tasks"), 1, 100);
    }

    [Fact]
    public async Task A_task_that_the_database_refuses_fails_alone()
    {
        var store = _schema.OpenSeams().Store;
        await store.InitializeAsync(Cancel);

        var refused = await TogetherAsync(100, async index =>
        {
            var task = QueueScript.Submission($"t{index}");
            var error = await Record.ExceptionAsync(async () => await store.AddAsync([index % 10 == 3 ? task with { Type = index == 3 ? "a\0b" : "a\ud800b" } : task], Now, Cancel));
            return error is not null;
        });

        Assert.Equal(Enumerable.Range(0, 100).Select(index => index % 10 == 3), refused);
        Assert.Equal(90, await _schema.QueryAsync<long>("SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task A_caller_that_gives_up_adds_nothing_or_hears_what_it_added()
    {
        var store = _schema.OpenSeams().Store;
        await store.InitializeAsync(Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var adding = TogetherAsync(200, async index =>
        {
            var error = await Record.ExceptionAsync(async () => await store.AddAsync([QueueScript.Submission($"t{index}")], Now, stop.Token));
            return (Id: $"t{index}", Error: error);
        });
        await stop.CancelAsync();
        var ended = await adding;

        Assert.All(ended, one => Assert.True(one.Error is null or OperationCanceledException, one.Error?.ToString()));
        var added = ended.Where(one => one.Error is null).Select(one => one.Id).ToArray();
        Assert.Equal(added.Length, (await Task.WhenAll(added.Select(async id => await store.GetAsync(id, Cancel)))).Count(task => task is not null));
        Assert.Equal(EnqueueStatus.Enqueued, Assert.Single(await store.AddAsync([QueueScript.Submission("later")], Now, Cancel)).Status);
    }

    [Fact]
    public async Task The_end_of_a_lease_writes_no_index_of_tasks()
    {
        await _schema.OpenSeams().Store.InitializeAsync(Cancel);

        // The columns that ending a lease changes, but for those of tasks that failed or were given back.
        var indexes = await _schema.QueryAsync<string>("""
            SELECT coalesce(string_agg(i.indexrelid::regclass::text || ' ' || a.attname, ', '), '') FROM pg_index i
            JOIN pg_depend d ON d.objid = i.indexrelid AND d.refobjid = i.indrelid JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE i.indrelid = 'tasks'::regclass
                AND a.attname IN ('state', 'finished_at', 'changed_at', 'attempt', 'cancel_requested', 'release_requested', 'worker_id', 'worker_name')
            """);

        Assert.Equal("", indexes);
    }

    private static int Count(ValueList<EnqueueResult>[] results, EnqueueStatus status) => results.Count(result => result[0].Status == status);

    private static Task<T[]> TogetherAsync<T>(int count, Func<int, ValueTask<T>> work) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(index => Task.Run(async () => await work(index), Cancel)));
}
