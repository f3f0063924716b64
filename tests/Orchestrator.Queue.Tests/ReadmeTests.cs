using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Queue.Health;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_shows_code_that_compiles()
    {
        Assert.Empty(ReadmeSnippets.Stale(RepositoryRoot.Combine("src", "Orchestrator.Queue", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Queue.Tests")));
    }

    [Fact]
    public async Task The_smallest_program_runs()
    {
        using var directory = new TemporaryDirectory();

        var task = await RunAsync([], directory.Combine("orchestrator.db"));

        Assert.Equal((QueuedTaskState.Completed, "\"Hello world\""), (task.State, task.Result));
    }

    private static async Task<QueuedTask> RunAsync(string[] args, string path)
    {
        #region snippet: queue-smallest
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddTaskQueue().UseSqlite(path).AddHandler<GreetHandler>().AddWorker();
        using var host = builder.Build();
        await host.StartAsync();

        var queue = host.Services.GetRequiredService<ITaskQueue>();
        var id = Identifiers.Create(TimeProvider.System.GetUtcNow());
        await queue.EnqueueAsync(new TaskSubmission { Id = id, Type = "greet", Payload = "\"world\"" });
        var task = await queue.WaitAsync(id);
        Console.WriteLine($"{task!.State}: {task.Result}");
        #endregion

        await host.StopAsync();
        return task;
    }

    #region snippet: queue-handler
    private sealed class GreetHandler : ITaskHandler
    {
        public string Type => "greet";

        public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
        {
            await context.CheckpointAsync("""{"step":"greeting"}""", cancellationToken);
            return TaskHandlerResult.Completed($"\"Hello {context.Task.Payload.Trim('"')}\"");
        }
    }
    #endregion

    [Fact]
    public async Task The_delegates_of_the_readme_run()
    {
        using var directory = new TemporaryDirectory();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<ImageFolder>();
        AddHandlers(builder, directory.Combine("orchestrator.db"));
        using var host = builder.Build();
        await host.StartAsync(TestQueue.Cancel);
        var queue = host.Services.GetRequiredService<ITaskQueue>();

        await queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "resize", Payload = "\"a.png\"" }, TestQueue.Cancel);
        await queue.EnqueueAsync(new TaskSubmission { Id = "t2", Type = "crop", Payload = """{"file":"b.png","width":7}""" }, TestQueue.Cancel);

        Assert.Equal("\"a.png at 640\"", (await queue.WaitAsync("t1", TestQueue.Cancel))!.Result);
        Assert.Equal("7", (await queue.WaitAsync("t2", TestQueue.Cancel))!.Result);
        await host.StopAsync(TestQueue.Cancel);
    }

    private static void AddHandlers(HostApplicationBuilder builder, string path)
    {
        #region snippet: queue-delegate
        builder.Services.AddTaskQueue().UseSqlite(path)
            .AddHandler("resize", async (TaskContext context, Resize order, ImageFolder images, CancellationToken cancellationToken) =>
            {
                await context.ReportAsync(new TaskProgress(50, "half done"), cancellationToken);
                return images.Resize(order.File, order.Width);
            })
            .AddHandler<Resize, CropHandler>("crop")
            .AddUpcaster("resize", fromVersion: 1, old => JsonSerializer.SerializeToElement(new { file = old.GetString(), width = 640 }))
            .AddHandlerDecorator<MapTimeouts>()
            .AddWorker(worker => worker.Concurrency = 4);
        #endregion
    }

    private sealed record Resize(string File, int Width);

    private sealed class ImageFolder
    {
        private readonly string _form = "{0} at {1}";

        public string Resize(string file, int width) => string.Format(CultureInfo.InvariantCulture, _form, file, width);
    }

    private sealed class CropHandler : ITaskHandler<Resize>
    {
        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, Resize payload, CancellationToken cancellationToken) =>
            ValueTask.FromResult(TaskHandlerResult.Completed($"{payload.Width}"));
    }

    private sealed class MapTimeouts : ITaskHandlerDecorator
    {
        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, TaskHandlerCall next, CancellationToken cancellationToken) => next(context, cancellationToken);
    }

    private sealed class OrderHandler(DbConnection connection) : ITaskHandler
    {
        public string Type => "order";

        public async ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken)
        {
            #region snippet: queue-transaction
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await SaveAsync(connection, transaction, context.Task.Payload);
            if (await context.CompleteAsync(null, transaction, cancellationToken) == LeaseStatus.Lost)
            {
                return TaskHandlerResult.Released(); // Another worker has the task: the transaction is rolled back.
            }

            await transaction.CommitAsync(cancellationToken);
            return TaskHandlerResult.AlreadyCompleted();
            #endregion
        }

        private static async Task SaveAsync(DbConnection connection, DbTransaction transaction, string payload)
        {
            await using var command = connection.CreateCommand();
            (command.CommandText, command.Transaction) = ($"CREATE TABLE orders AS SELECT {payload.Length} AS length", transaction);
            await command.ExecuteNonQueryAsync();
        }
    }

    [Fact]
    public async Task The_transaction_of_the_readme_completes_its_task()
    {
        await using var queue = new TestQueue(configure: builder =>
        {
            builder.Services.AddSingleton<DbConnection>(provider => new SqliteConnection($"Data Source={provider.GetRequiredService<SqliteDatabase>().Path};Pooling=False"));
            builder.AddHandler<OrderHandler>().AddWorker();
        });
        await queue.Store.InitializeAsync(TestQueue.Cancel);
        await queue.Services.GetRequiredService<DbConnection>().OpenAsync(TestQueue.Cancel);
        await queue.StartAsync();

        await queue.Queue.EnqueueAsync(new TaskSubmission { Id = "t1", Type = "order", Payload = "1" }, TestQueue.Cancel);

        Assert.Equal(QueuedTaskState.Completed, (await queue.FinishedAsync("t1")).State);
    }

    [Fact]
    public void The_health_check_of_the_readme_is_added()
    {
        var services = new ServiceCollection();
        services.AddTaskQueue();
        #region snippet: queue-health
        services.AddHealthChecks().AddCheck<TaskQueueHealthCheck>("queue");
        #endregion

        using var provider = services.BuildServiceProvider();
        Assert.NotNull(provider.GetRequiredService<TaskQueueHealthCheck>());
        Assert.Equal("queue", Assert.Single(provider.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations).Name);
    }
}
