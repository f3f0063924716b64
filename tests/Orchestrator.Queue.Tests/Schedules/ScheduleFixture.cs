using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Schedules;
using Orchestrator.Storage;
using Orchestrator.Testing;

namespace Orchestrator.Queue.Tests.Schedules;

/// <summary>A process with a queue, on a clock that the test moves; several may share one database.</summary>
internal sealed class ScheduleFixture : IAsyncDisposable
{
    private readonly TemporaryDirectory? _directory;
    private readonly ServiceProvider _services;

    public ScheduleFixture(Action<IServiceCollection>? configure = null, ScheduleFixture? other = null)
    {
        _directory = other is null ? new TemporaryDirectory() : null;
        Path = other?.Path ?? _directory!.Combine("queue.db");
        Time = other?.Time ?? new ManualTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<ILoggerFactory>(Logs);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        configure?.Invoke(services);
        services.AddTaskQueue().UseSqlite(Path);
        _services = services.BuildServiceProvider();
    }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string Path { get; }

    public ManualTimeProvider Time { get; }

    public DateTimeOffset Now => Time.GetUtcNow();

    public RecordingLoggerProvider Logs { get; } = new();

    public IServiceProvider Services => _services;

    public ITaskSchedules Schedules => _services.GetRequiredService<ITaskSchedules>();

    public ScheduleRunner Runner => _services.GetRequiredService<ScheduleRunner>();

    public ITaskStore Store => _services.GetRequiredService<ITaskStore>();

    public static TaskSchedule Schedule(string id) => new() { Id = id, Task = new TaskSubmission { Id = "any", Type = "test", Payload = """{"a":1}""" } };

    /// <summary>Spoils a schedule's row.</summary>
    public async Task BreakAsync(string scheduleId)
    {
        await using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE task_schedules SET schedule = '{' WHERE id = @id";
        command.Parameters.AddWithValue("@id", scheduleId);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async Task<string[]> TasksAsync()
    {
        var tasks = await _services.GetRequiredService<ITaskOperations>().ListAsync(new TaskQuery { Limit = 1000 }, Cancel);
        return [.. tasks.Select(task => task.Id).Order(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _directory?.Dispose();
    }
}
