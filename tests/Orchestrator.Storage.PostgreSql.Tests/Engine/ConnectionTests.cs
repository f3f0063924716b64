using Npgsql;
using Orchestrator.Conformance;
using Orchestrator.Queue;
using Orchestrator.Testing;

namespace Orchestrator.Storage.PostgreSql.Tests.Engine;

[Trait("Engine", "Postgres")]
public sealed class ConnectionTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly PostgresSchema _schema = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _schema.DisposeAsync();

    [Fact]
    public async Task A_wrong_password_is_told_without_the_password()
    {
        var error = await FailAsync(text => text.Password = "not-the-password");

        Assert.Equal((StorageErrorCodes.CannotOpen, false), (error.Code, error.IsTransient));
        Assert.Contains("user name or the password", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_host_is_told()
    {
        var error = await FailAsync(text => text.Host = "nowhere.invalid");

        Assert.Equal((StorageErrorCodes.CannotOpen, true), (error.Code, error.IsTransient));
        Assert.Contains("host", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_run_is_told()
    {
        var error = await FailAsync(text => (text.Host, text.Port) = ("127.0.0.1", FreePorts.Next()));

        Assert.Equal((StorageErrorCodes.CannotOpen, true), (error.Code, error.IsTransient));
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_database_is_told()
    {
        var error = await FailAsync(text => text.Database = "no_such_database");

        Assert.Equal((StorageErrorCodes.CannotOpen, false), (error.Code, error.IsTransient));
        Assert.Contains("does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_during_work_is_a_transient_fault_and_the_next_call_works()
    {
        var store = _schema.OpenStore();
        await store.AddAsync([QueueScript.Submission("a")], Now, Cancel);
        await using var blocker = await _schema.ConnectAsync();
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE", blocker, transaction);
        await hold.ExecuteNonQueryAsync(Cancel);

        var waiting = store.AddAsync([QueueScript.Submission("b")], Now, Cancel).AsTask();
        await Eventually.TrueAsync(async () => await _schema.CutConnectionsAsync("%add_tasks%") > 0, Cancel);

        var error = await Assert.ThrowsAsync<StorageException>(() => waiting);
        Assert.True(error.IsTransient, error.Message);
        await transaction.RollbackAsync(Cancel);
        Assert.Equal(EnqueueStatus.Enqueued, Assert.Single(await store.AddAsync([QueueScript.Submission("b")], Now, Cancel)).Status);
    }

    [Fact]
    public async Task Every_connection_that_was_cut_while_it_was_idle_costs_at_most_a_transient_fault()
    {
        var store = _schema.OpenStore();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => store.AddAsync([QueueScript.Submission($"a{i}")], Now, Cancel).AsTask()));
        await _schema.CutConnectionsAsync();

        var calls = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                calls++;
                try
                {
                    return (await store.AddAsync([QueueScript.Submission("b")], Now, Cancel)).Count == 1;
                }
                catch (StorageException error) when (error.IsTransient)
                {
                    return false;
                }
            },
            Cancel);

        Assert.InRange(calls, 1, 13);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_a_transient_fault()
    {
        var store = new PostgreSqlTaskStore(_schema.Open(options => options.CommandTimeout = TimeSpan.FromSeconds(1)), null);
        await store.InitializeAsync(Cancel);
        await using var blocker = await _schema.ConnectAsync();
        await using var transaction = await blocker.BeginTransactionAsync(Cancel);
        await using var hold = new NpgsqlCommand("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE", blocker, transaction);
        await hold.ExecuteNonQueryAsync(Cancel);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await store.AddAsync([QueueScript.Submission("a")], Now, Cancel));

        Assert.Equal((StorageErrorCodes.Busy, true), (error.Code, error.IsTransient));
    }

    private async Task<StorageException> FailAsync(Action<NpgsqlConnectionStringBuilder> spoil)
    {
        var text = new NpgsqlConnectionStringBuilder(_schema.ConnectionString);
        spoil(text);
        var logger = new RecordingLogger<PostgreSqlDatabase>();
        await using var database = _schema.Open(options => options.ConnectionString = text.ConnectionString, logger: logger);

        var error = await Assert.ThrowsAsync<StorageException>(async () => await database.InitializeAsync(Cancel));

        Assert.DoesNotContain(text.Password!, error.ToString(), StringComparison.Ordinal);
        Assert.All(logger.Entries, entry => Assert.DoesNotContain(text.Password!, entry.Message, StringComparison.Ordinal));
        return error;
    }
}
