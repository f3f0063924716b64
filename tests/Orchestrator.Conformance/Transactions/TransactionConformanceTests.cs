using System.Data.Common;
using System.Globalization;
using Orchestrator.Queue;
using Orchestrator.Storage;
using static Orchestrator.Conformance.QueueScript;

namespace Orchestrator.Conformance.Transactions;

/// <summary>What every <see cref="ITaskTransactions"/> must do. Each test starts with an empty database.</summary>
public abstract class TransactionConformanceTests : IAsyncLifetime
{
    private QueueScript _queue = null!;
    private ITaskTransactions _transactions = null!;
    private DbConnection _host = null!;

    /// <summary>Opens the test's database.</summary>
    protected abstract StorageSeams Open();

    /// <summary>The transactions of the test's database.</summary>
    protected abstract ITaskTransactions OpenTransactions();

    /// <summary>Opens a connection to the test's database, as a host would by itself.</summary>
    protected abstract ValueTask<DbConnection> ConnectAsync();

    /// <summary>Opens a connection of the same driver to another, empty database.</summary>
    protected abstract ValueTask<DbConnection> ConnectElsewhereAsync();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _queue = new QueueScript(Open());
        await _queue.Store.InitializeAsync(Cancel);
        _transactions = OpenTransactions();
        _host = await ConnectAsync();
        await ExecuteAsync("CREATE TABLE host_rows (id text NOT NULL)", null);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Tasks_and_rows_of_the_host_are_committed_together()
    {
        await using (var transaction = await _host.BeginTransactionAsync(Cancel))
        {
            await ExecuteAsync("INSERT INTO host_rows VALUES ('order')", transaction);
            Assert.Equal(
                [new EnqueueResult(EnqueueStatus.Enqueued, "a"), new EnqueueResult(EnqueueStatus.Enqueued, "b"), new EnqueueResult(EnqueueStatus.Duplicate, "a")],
                await AddAsync(transaction, Submission("a"), Submission("b") with { AvailableAt = _queue.Now.AddHours(1) }, Submission("a")));
            Assert.Null(await _queue.Store.GetAsync("a", Cancel));

            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal("a available, b scheduled", await _queue.StatesAsync("a", "b"));
        Assert.Equal((1, new QueueStatistics { Available = 1, Scheduled = 1 }), (await CountAsync(), await _queue.Operations.GetStatisticsAsync(null, Cancel)));
        await _queue.CompleteAsync("a");
    }

    [Fact]
    public async Task Tasks_and_rows_of_the_host_are_rolled_back_together()
    {
        await using (var transaction = await _host.BeginTransactionAsync(Cancel))
        {
            await ExecuteAsync("INSERT INTO host_rows VALUES ('order')", transaction);
            await AddAsync(transaction, Submission("a") with { DeduplicationKey = "key" });
            await transaction.RollbackAsync(Cancel);
        }

        Assert.Null(await _queue.Store.GetAsync("a", Cancel));
        Assert.Equal((0, new QueueStatistics()), (await CountAsync(), await _queue.Operations.GetStatisticsAsync(null, Cancel)));
        Assert.Equal(EnqueueStatus.Enqueued, (await _queue.AddAsync("b", task => task with { DeduplicationKey = "key" })).Status);
    }

    [Fact]
    public async Task A_key_that_is_taken_is_a_duplicate_here_too()
    {
        await _queue.AddAsync("holder", task => task with { DeduplicationKey = "key" });
        await using var transaction = await _host.BeginTransactionAsync(Cancel);

        var results = await AddAsync(transaction, Submission("a") with { DeduplicationKey = "key" });

        Assert.Equal([new EnqueueResult(EnqueueStatus.Duplicate, "holder")], results);
    }

    [Fact]
    public async Task The_end_of_a_task_and_its_effects_are_committed_together()
    {
        await _queue.AddPlanAsync("p", Step("a"), Step("b", "a"));
        var lease = await _queue.LeaseAsync("a");

        await using (var transaction = await _host.BeginTransactionAsync(Cancel))
        {
            await ExecuteAsync("INSERT INTO host_rows VALUES ('effect')", transaction);
            Assert.Equal([LeaseStatus.Held], await EndAsync(transaction, TaskOutcome.Completed(lease, "1")));
            Assert.Equal("a running, b blocked", await _queue.StatesAsync("a", "b"));
            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal(("a completed, b available", 1), (await _queue.StatesAsync("a", "b"), await CountAsync()));
        Assert.Equal("1", (await _queue.GetAsync("a")).Result);
    }

    [Fact]
    public async Task The_end_of_a_task_that_is_rolled_back_leaves_the_lease()
    {
        await _queue.AddAsync("a");
        var lease = await _queue.LeaseAsync("a");

        await using (var transaction = await _host.BeginTransactionAsync(Cancel))
        {
            await EndAsync(transaction, TaskOutcome.Failed(lease, Failure()));
        }

        Assert.Equal("a running", await _queue.StatesAsync("a"));
        await _queue.EndAsync(TaskOutcome.Completed(lease));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_is_told_and_changes_nothing()
    {
        await _queue.AddAsync("a");
        await _queue.AddAsync("b");
        var (lost, held) = (await _queue.LeaseAsync("a"), await _queue.LeaseAsync("b"));
        await _queue.EndAsync(TaskOutcome.Released(lost));
        var newer = await _queue.LeaseAsync("a");

        await using (var transaction = await _host.BeginTransactionAsync(Cancel))
        {
            Assert.Equal([LeaseStatus.Lost, LeaseStatus.Held], await EndAsync(transaction, TaskOutcome.Completed(lost), TaskOutcome.Completed(held)));
            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal("a running, b completed", await _queue.StatesAsync("a", "b"));
        await _queue.EndAsync(TaskOutcome.Completed(newer));
    }

    [Fact]
    public async Task Many_calls_are_one_transaction()
    {
        await using (var transaction = await _host.BeginTransactionAsync(Cancel))
        {
            foreach (var i in Enumerable.Range(0, 20))
            {
                await AddAsync(transaction, Submission($"t{i}"));
            }

            await transaction.CommitAsync(Cancel);
        }

        Assert.Equal(20, (await _queue.Operations.GetStatisticsAsync(null, Cancel)).Available);
    }

    [Fact]
    public async Task A_transaction_that_is_over_is_refused()
    {
        var transaction = await _host.BeginTransactionAsync(Cancel);
        await transaction.CommitAsync(Cancel);

        await Assert.ThrowsAsync<ArgumentException>(async () => await AddAsync(transaction, Submission("a")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await EndAsync(transaction));
    }

    [Fact]
    public async Task A_transaction_of_another_driver_or_database_is_refused()
    {
        await using var other = new OtherTransaction();
        await using var elsewhere = await ConnectElsewhereAsync();
        await using var transaction = await elsewhere.BeginTransactionAsync(Cancel);

        var driver = await Assert.ThrowsAsync<ArgumentException>(async () => await AddAsync(other, Submission("a")));
        var database = await Assert.ThrowsAsync<ArgumentException>(async () => await AddAsync(transaction, Submission("a")));

        Assert.Contains(nameof(OtherTransaction), driver.Message, StringComparison.Ordinal);
        Assert.Contains("database", database.Message, StringComparison.Ordinal);
    }

    private async Task<ValueList<EnqueueResult>> AddAsync(DbTransaction transaction, params TaskSubmission[] tasks) =>
        await _transactions.AddAsync(ValueList.Create<TaskSubmission>(tasks), _queue.Now, transaction, Cancel);

    private async Task<ValueList<LeaseStatus>> EndAsync(DbTransaction transaction, params TaskOutcome[] outcomes) =>
        await _transactions.EndAsync(ValueList.Create<TaskOutcome>(outcomes), _queue.Now, transaction, Cancel);

    private async Task ExecuteAsync(string sql, DbTransaction? transaction)
    {
        await using var command = _host.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        await command.ExecuteNonQueryAsync(Cancel);
    }

    private async Task<int> CountAsync()
    {
        await using var command = _host.CreateCommand();
        command.CommandText = "SELECT count(*) FROM host_rows";
        return Convert.ToInt32(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }
}
