using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Benchmarks.Peers.Contestants;

/// <summary>Makes hosts with our queue and a worker of 16, as an application would: the no-op tasks are declared as short, so that some are at hand when a handler ends.</summary>
internal static class QueueHosts
{
    public const string Type = "work";
    public const int Concurrency = 16;
    public const int Prefetch = 500;

    public static Func<Action<string>, IHost> Sqlite(string path, SqliteDurability durability, int prefetch = Prefetch) => handler => Build(handler, prefetch, queue =>
    {
        queue.UseSqlite(path);
        queue.Services.Configure<SqliteStorageOptions>(options => options.Durability = durability);
    });

    public static Func<Action<string>, IHost> PostgreSql(string connectionString, int prefetch = Prefetch) => handler => Build(
        handler, prefetch, queue => queue.Services.AddOrchestratorStorage().UsePostgreSql(connectionString));

    private static IHost Build(Action<string> handler, int prefetch, Action<ITaskQueueBuilder> useDatabase)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        var queue = builder.Services.AddTaskQueue().AddHandler<NoOpHandler>().AddWorker(options =>
        {
            options.Concurrency = Concurrency;
            options.Prefetch = prefetch;
            options.ShortTypes.Add(Type);
        });
        useDatabase(queue);
        builder.Services.AddSingleton(handler);
        return builder.Build();
    }
}
