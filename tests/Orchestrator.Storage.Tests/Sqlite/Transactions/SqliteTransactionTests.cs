using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orchestrator.Conformance;
using Orchestrator.Conformance.Transactions;
using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite.Transactions;

public sealed class SqliteTransactionTests : TransactionConformanceTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SqliteFile _file = new();
    private readonly SqliteFile _elsewhere = new();

    protected override StorageSeams Open() => _file.OpenSeams();

    protected override ITaskTransactions OpenTransactions() => new SqliteTaskTransactions(_file.Open(), null);

    protected override ValueTask<DbConnection> ConnectAsync() => ConnectAsync(_file.Path);

    protected override ValueTask<DbConnection> ConnectElsewhereAsync() => ConnectAsync(_elsewhere.Path);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _file.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task A_file_that_is_reached_through_a_link_is_the_same_file()
    {
        var link = System.IO.Path.Combine(_elsewhere.Directory, "link");
        Directory.CreateSymbolicLink(link, _file.Directory);
        await using var connection = await ConnectAsync(System.IO.Path.Combine(link, System.IO.Path.GetFileName(_file.Path)));
        await using var transaction = await connection.BeginTransactionAsync(Cancel);

        Assert.Equal(EnqueueStatus.Enqueued, Assert.Single(await AddAsync(transaction, "a")).Status);
    }

    [Fact]
    public async Task A_file_without_our_tables_is_refused_with_what_to_do()
    {
        var transactions = new SqliteTaskTransactions(_elsewhere.Open(), null);
        await using var connection = await ConnectAsync(_elsewhere.Path);
        await using var transaction = await connection.BeginTransactionAsync(Cancel);

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await transactions.AddAsync([Submission("a")], Now, transaction, Cancel));

        Assert.Contains("InitializeAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_fails_leaves_nothing_of_itself_and_the_host_can_go_on()
    {
        await using var connection = await ConnectAsync();
        await _file.ExecuteAsync("CREATE TRIGGER refuse BEFORE INSERT ON task_bodies WHEN NEW.payload = '\"bad\"' BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await AddAsync(transaction, "before");
            var error = await Assert.ThrowsAsync<StorageException>(async () => await OpenTransactions().AddAsync(
                [Submission("good"), Submission("bad") with { Payload = "\"bad\"" }], Now, transaction, Cancel));
            Assert.Equal(StorageErrorCodes.Failed, error.Code);
            await AddAsync(transaction, "after");
            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal("after,before", await _file.QueryAsync<string>("SELECT group_concat(id) FROM (SELECT id FROM tasks ORDER BY id)"));
    }

    [Fact]
    public async Task A_connection_of_the_pool_that_was_closed_and_opened_again_works()
    {
        foreach (var id in (string[])["a", "b"])
        {
            await using var connection = new SqliteConnection($"Data Source={_file.Path}");
            await connection.OpenAsync(Cancel);
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await AddAsync(transaction, id);
            await transaction.CommitAsync(Cancel);
        }

        SqliteConnection.ClearAllPools();
        Assert.Equal(2, await _file.QueryAsync<long>("SELECT count(*) FROM tasks"));
    }

    [Fact]
    public async Task A_deferred_transaction_that_others_overtook_is_told_to_begin_anew()
    {
        await using var connection = (SqliteConnection)await ConnectAsync();
        await using (var transaction = connection.BeginTransaction(deferred: true))
        {
            await using var read = new SqliteCommand("SELECT count(*) FROM tasks", connection, transaction);
            await read.ExecuteScalarAsync(Cancel);
            await Open().Store.AddAsync([Submission("other")], Now, Cancel);

            var error = await Assert.ThrowsAsync<StorageException>(async () => await AddAsync(transaction, "a"));

            Assert.Equal((StorageErrorCodes.Busy, true), (error.Code, error.IsTransient));
        }

        await using var again = connection.BeginTransaction();
        Assert.Equal(EnqueueStatus.Enqueued, Assert.Single(await AddAsync(again, "a")).Status);
    }

    private static async ValueTask<DbConnection> ConnectAsync(string path)
    {
        var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        await connection.OpenAsync(Cancel);
        return connection;
    }

    private static TaskSubmission Submission(string id) => new() { Id = id, Type = "test", Payload = "1" };

    private async Task<ValueList<EnqueueResult>> AddAsync(DbTransaction transaction, string id) =>
        await OpenTransactions().AddAsync([Submission(id)], Now, transaction, Cancel);
}
