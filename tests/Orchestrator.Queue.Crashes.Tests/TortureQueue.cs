using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Queue.Crashes.Tests;

/// <summary>The queue as children and tests use it.</summary>
internal static class TortureQueue
{
    /// <summary>The type of all tasks.</summary>
    public const string TaskType = "effect";

    public static string TaskId(int number) => $"task-{number}";

    public static ITaskQueueBuilder Add(IServiceCollection services, TortureSettings settings)
    {
        services.AddSingleton<TimeProvider>(new SkewedTimeProvider(settings.Skew));
        var builder = services.AddTaskQueue(options => options.WorkerName = settings.Name);

        // Nobody pulls the plug here: killed processes lose nothing of what SQLite handed to the operating system.
        services.Configure<SqliteStorageOptions>(options => options.Durability = SqliteDurability.Normal);
        if (settings.SqlitePath is { } path)
        {
            return builder.UseSqlite(path);
        }

        services.AddOrchestratorStorage().UsePostgreSql(options => (options.ConnectionString, options.Notify) = (settings.PostgresConnection!, settings.Notify));
        return builder;
    }

    public static ServiceProvider Open(TortureSettings settings)
    {
        var services = new ServiceCollection();
        Add(services, settings);
        return services.BuildServiceProvider();
    }
}
