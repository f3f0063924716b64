using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Queue.Signals;
using Orchestrator.Queue.Workers;

namespace Orchestrator.Queue.Tests;

public sealed class TransactionalTaskQueueTests
{
    private static CancellationToken Cancel => TestQueue.Cancel;

    [Fact]
    public async Task A_task_enqueued_in_the_hosts_transaction_is_there_when_it_commits()
    {
        await using var queue = await PreparedAsync();
        await using (var connection = Open(queue))
        await using (var transaction = connection.BeginTransaction())
        {
            await Execute(connection, transaction, "INSERT INTO orders VALUES (1)");
            var results = await Transactions(queue).EnqueueAsync([Submission("t1")], transaction, Cancel);
            await transaction.CommitAsync(Cancel);

            Assert.Equal([new EnqueueResult(EnqueueStatus.Enqueued, "t1")], results);
        }

        Assert.Equal(QueuedTaskState.Available, (await queue.GetAsync("t1")).State);
    }

    [Fact]
    public async Task A_task_enqueued_in_the_hosts_transaction_vanishes_with_it()
    {
        await using var queue = await PreparedAsync();
        await using (var connection = Open(queue))
        await using (var transaction = connection.BeginTransaction())
        {
            await Transactions(queue).EnqueueAsync([Submission("t1")], transaction, Cancel);
            await transaction.RollbackAsync(Cancel);
        }

        Assert.Null(await queue.Store.GetAsync("t1", Cancel));
    }

    [Fact]
    public async Task A_handler_may_complete_its_task_together_with_its_own_rows()
    {
        await using var queue = await PreparedAsync(commit: true);
        await queue.EnqueueAsync("t1");
        await queue.StartAsync();

        var task = await queue.FinishedAsync("t1");

        Assert.Equal((QueuedTaskState.Completed, "1", 1), (task.State, task.Result, task.Attempt));
        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);
        Assert.DoesNotContain(queue.Logs.Entries, entry => entry.EventId.Id == 1102);
        Assert.Equal(1, await CountAsync(queue));
    }

    [Fact]
    public async Task A_handler_whose_transaction_was_not_committed_gives_its_task_back()
    {
        await using var queue = await PreparedAsync(commit: false);
        await queue.EnqueueAsync("t1");
        await queue.StartAsync();

        await queue.Logs.WaitForAsync(entry => entry.EventId.Id == 1101, Cancel);
        await queue.StopAsync();

        var task = await queue.GetAsync("t1");
        Assert.Equal((QueuedTaskState.Scheduled, 0, queue.Time.GetUtcNow().AddSeconds(1)), (task.State, task.Attempt, task.AvailableAt));
        Assert.Equal(0, await CountAsync(queue));
    }

    [Fact]
    public async Task A_task_that_ended_in_its_own_transaction_ended_also_when_the_heart_finds_its_lease_gone()
    {
        var reason = TaskStopReason.None;
        await using var queue = await PreparedAsync(commit: true, async (queue, context, token) =>
        {
            queue.Services.GetRequiredService<TaskSignals>().CancelRequested();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(static _ => { }, TaskScheduler.Default);
            reason = context.StopReason;
        });
        await queue.EnqueueAsync("t1");
        await queue.StartAsync();

        var ended = await queue.Logs.WaitForAsync(entry => entry.EventId.Id is 1101 or 1102, Cancel);

        Assert.Equal((TaskStopReason.LeaseLost, 1101, "completed"), (reason, ended.EventId.Id, ended.State.Single(pair => pair.Key == "Outcome").Value));
        Assert.Equal(QueuedTaskState.Completed, (await queue.GetAsync("t1")).State);
    }

    [Fact]
    public async Task Too_many_tasks_are_refused_before_the_database_is_asked()
    {
        await using var queue = new TestQueue();
        var many = Enumerable.Repeat(Submission("t1"), 10_001).ToValueList();

        await Assert.ThrowsAsync<ArgumentException>(() => queue.Queue.EnqueueAsync(many, Cancel).AsTask());
    }

    private static TaskSubmission Submission(string id) => new() { Id = id, Type = "test", Payload = "1" };

    private static ITransactionalTaskQueue Transactions(TestQueue queue) => queue.Services.GetRequiredService<ITransactionalTaskQueue>();

    private static async Task<TestQueue> PreparedAsync(bool? commit = null, Func<TestQueue, TaskContext, CancellationToken, Task>? before = null)
    {
        TestQueue? queue = null;
        var isFirst = true;
        queue = new TestQueue(commit is null ? null : async (context, token) =>
        {
            if (!isFirst)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            }

            isFirst = false;
            await using var connection = Open(queue!);
            await using var transaction = connection.BeginTransaction();
            await Execute(connection, transaction, "INSERT INTO orders VALUES (1)");
            await context.CompleteAsync("1", transaction, token);
            await (commit.Value ? transaction.CommitAsync(token) : transaction.RollbackAsync(token));
            await (before?.Invoke(queue!, context, token) ?? Task.CompletedTask);
            return TaskHandlerResult.AlreadyCompleted();
        });
        await queue.Store.InitializeAsync(Cancel);
        await using var setup = Open(queue);
        await Execute(setup, null, "CREATE TABLE orders (id INTEGER)");
        return queue;
    }

    private static SqliteConnection Open(TestQueue queue)
    {
        var connection = new SqliteConnection($"Data Source={queue.DatabasePath};Pooling=False;Default Timeout=5");
        connection.Open();
        return connection;
    }

    private static async Task<long> CountAsync(TestQueue queue)
    {
        await using var connection = Open(queue);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM orders";
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private static async Task Execute(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
