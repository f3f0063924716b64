using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

public sealed class SqliteTaskNotificationsTests : IDisposable
{
    private readonly SqliteFile _file = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _file.Dispose();

    [Fact]
    public async Task What_others_commit_is_told_and_what_this_process_commits_is_not()
    {
        var database = _file.Open();
        await WriteAsync(database, "CREATE TABLE rows (id INTEGER PRIMARY KEY)");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await using var hints = new SqliteTaskNotifications(database, _file.Time).ListenAsync(stop.Token).GetAsyncEnumerator(stop.Token);
        Assert.True(await hints.MoveNextAsync()); // It listens.
        Assert.Null(hints.Current);
        var next = hints.MoveNextAsync().AsTask();

        await WriteAsync(database, "INSERT INTO rows DEFAULT VALUES");
        await PollAsync(10);
        Assert.False(next.IsCompleted);

        await _file.ExecuteAsync("INSERT INTO rows DEFAULT VALUES");
        await PollAsync(1);
        Assert.True(await next.WaitAsync(Cancel));
        Assert.Null(hints.Current);

        next = hints.MoveNextAsync().AsTask();
        await PollAsync(10);
        Assert.False(next.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    [Fact]
    public async Task A_process_that_writes_all_the_time_hears_of_others_too()
    {
        var database = _file.Open();
        await WriteAsync(database, "CREATE TABLE rows (id INTEGER PRIMARY KEY)");
        var before = database.LookForOthers();
        await _file.ExecuteAsync("INSERT INTO rows DEFAULT VALUES");
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => WriteAsync(database, "INSERT INTO rows DEFAULT VALUES"), Cancel)));

        Assert.Equal(before + 1, database.LookForOthers());
    }

    private static async Task WriteAsync(SqliteDatabase database, string sql) => await database.WriteAsync(connection => connection.Statement(sql).Execute(), Cancel);

    private async Task PollAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            await _file.Time.WaitForTimerAsync(1, Cancel);
            _file.Time.Advance(TimeSpan.FromMilliseconds(20));
        }
    }
}
