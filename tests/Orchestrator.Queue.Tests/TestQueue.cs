using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Queue.Retry;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests;

/// <summary>A host with a queue in a database of its own, on a clock that the test moves.</summary>
internal sealed class TestQueue : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly IHost _host;

    public TestQueue(Func<TaskContext, CancellationToken, ValueTask<TaskHandlerResult>>? handle = null, Action<ITaskQueueBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<ILoggerFactory>(Logs);
        var queue = builder.Services.AddTaskQueue(Configure).UseSqlite(DatabasePath)
            .ConfigureSchedules(options => options.IsEnabled = false).ConfigureRetention(options => options.IsEnabled = false); // Their timers are no part of these tests.
        builder.Services.ConfigureAll<TaskWorkerOptions>(options => options.ShutdownTimeout = TimeSpan.Zero); // Nobody moves the clock while a host stops.
        if (handle is not null)
        {
            builder.Services.AddSingleton<ITaskHandler>(new ScriptedHandler("test", handle));
            queue.AddWorker();
        }

        configure?.Invoke(queue);
        _host = builder.Build();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ManualTimeProvider Time { get; } = new();

    public RecordingLoggerProvider Logs { get; } = new();

    public IServiceProvider Services => _host.Services;

    public ITaskQueue Queue => Services.GetRequiredService<ITaskQueue>();

    public ITaskLeases Leases => Services.GetRequiredService<ITaskLeases>();

    public ITaskAdministration Administration => Services.GetRequiredService<ITaskAdministration>();

    public ITaskStore Store => Services.GetRequiredService<ITaskStore>();

    public WorkerIdentity Worker => Services.GetRequiredService<WorkerIdentity>();

    public ITaskOperations Operations => Services.GetRequiredService<ITaskOperations>();

    public string DatabasePath => _directory.Combine("queue.db");

    public string PresenceDirectory => _directory.Combine("presence");

    public Task StartAsync() => _host.StartAsync(Cancel);

    public Task StopAsync() => _host.StopAsync(Cancel);

    public ValueTask<EnqueueResult> EnqueueAsync(string id, int maxAttempts = 1, string payload = "1") =>
        Queue.EnqueueAsync(new TaskSubmission { Id = id, Type = "test", Payload = payload, MaxAttempts = maxAttempts }, Cancel);

    /// <summary>Adds tasks as another process would.</summary>
    public async Task AddElsewhereAsync(ValueList<TaskSubmission> tasks)
    {
        using var database = new SqliteDatabase(new SqliteStorageOptions { Path = DatabasePath }, Time, null, NullLogger<SqliteDatabase>.Instance);
        await new SqliteTaskStore(database, null).AddAsync(tasks, Time.GetUtcNow(), Cancel);
    }

    public async Task<QueuedTask> GetAsync(string id) => Assert.IsType<QueuedTask>(await Store.GetAsync(id, Cancel));

    public async Task<QueuedTask> FinishedAsync(string id) => Assert.IsType<QueuedTask>(await Queue.WaitAsync(id, Cancel));

    /// <summary>Lets one poll after the other happen until what the test waits for did.</summary>
    public async Task<T> PollUntilAsync<T>(Task<T> awaited)
    {
        while (!awaited.IsCompleted)
        {
            await Task.WhenAny(awaited, Time.WaitForTimerAsync(2, Cancel));
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        return await awaited;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
        _directory.Dispose();
    }

    // Listening has timers of its own, and waits are exact: tests count timers and move the clock.
    private void Configure(TaskQueueOptions options)
    {
        options.PresenceDirectory = PresenceDirectory;
        options.Listen = false;
        options.Retry.Jitter = RetryJitter.None;
    }

    private sealed class ScriptedHandler(string type, Func<TaskContext, CancellationToken, ValueTask<TaskHandlerResult>> handle) : ITaskHandler
    {
        public string Type => type;

        public ValueTask<TaskHandlerResult> HandleAsync(TaskContext context, CancellationToken cancellationToken) => handle(context, cancellationToken);
    }
}
