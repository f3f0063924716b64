using System.Data;
using System.Data.Common;
using Npgsql;
using Orchestrator.Conformance;
using Orchestrator.Conformance.Transactions;
using Orchestrator.Queue;
using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests.Conformance;

[Trait("Engine", "Postgres")]
public sealed class PostgreSqlTransactionTests : TransactionConformanceTests
{
    private readonly PostgresSchema _schema = new();

    protected override StorageSeams Open() => _schema.OpenSeams();

    protected override ITaskTransactions OpenTransactions() => new PostgreSqlTaskTransactions(_schema.Open(), null);

    protected override async ValueTask<DbConnection> ConnectAsync() => await _schema.ConnectAsync();

    protected override async ValueTask<DbConnection> ConnectElsewhereAsync() => await _schema.ConnectAsync(Engines.PostgresConnectionString);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _schema.DisposeAsync();
    }

    [Fact]
    public async Task A_call_that_fails_leaves_nothing_of_itself_and_the_host_can_go_on()
    {
        await _schema.ExecuteAsync("ALTER TABLE task_bodies ADD CHECK (payload <> '\"bad\"')");
        await using var connection = await _schema.ConnectAsync();
        await using (var transaction = await connection.BeginTransactionAsync(Cancel))
        {
            await AddAsync(transaction, QueueScript.Submission("before"));
            var error = await Assert.ThrowsAsync<StorageException>(async () => await AddAsync(
                transaction, QueueScript.Submission("good"), QueueScript.Submission("bad") with { Payload = "\"bad\"" }));
            Assert.Equal(StorageErrorCodes.Failed, error.Code);
            await AddAsync(transaction, QueueScript.Submission("after"));
            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal("after,before", await _schema.QueryAsync<string>("SELECT string_agg(id, ',' ORDER BY id) FROM tasks"));
    }

    [Fact]
    public async Task Leases_are_not_ended_where_others_cannot_be_seen()
    {
        await using var connection = await _schema.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, Cancel);

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await OpenTransactions().EndAsync([], DateTimeOffset.UnixEpoch, transaction, Cancel));

        Assert.Contains("READ COMMITTED", error.Message, StringComparison.Ordinal);
    }

    private async Task AddAsync(NpgsqlTransaction transaction, params TaskSubmission[] tasks) =>
        Assert.All(await OpenTransactions().AddAsync([.. tasks], DateTimeOffset.UnixEpoch, transaction, Cancel), result => Assert.Equal(EnqueueStatus.Enqueued, result.Status));
}
