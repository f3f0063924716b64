using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Auditing;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Queue;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;
using Orchestrator.Secrets;
using Orchestrator.Storage;
using Orchestrator.Storage.DependencyInjection;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Containers;
using Orchestrator.Storage.Sqlite.Maintenance;
using Orchestrator.Storage.Sqlite.Routing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the database of the Orchestrator family.</summary>
public static class OrchestratorStorageServiceCollectionExtensions
{
    /// <summary>
    /// Registers the stores of tasks (<see cref="ITaskStore"/>, <see cref="ITaskOperations"/>, <see cref="ITaskTransactions"/>, <see cref="ITaskPlanStore"/>,
    /// <see cref="ITaskScheduleStore"/>, <see cref="ITaskNotifications"/>), <see cref="IStorageMaintenance"/>, <see cref="IOperationLog"/>,
    /// <see cref="IExecutionLog"/>, <see cref="IRoutingStateStore"/>, <see cref="IRoutingDecisionLog"/>, <see cref="IContainerHistory"/> and
    /// <see cref="IContainerPoolState"/> on SQLite, in <c>orchestrator.db</c> unless configured.
    /// Calling it again only adds configuration; services that are registered already win, but for an <see cref="IVolatileStore"/>, which gives way: so the order in
    /// which the router, the container balancer and their database are added does not matter. An <see cref="ISecretRedactor"/> is used when there is one.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Configures SQLite; <see langword="null"/> for the defaults.</param>
    /// <returns>A builder that chooses the database.</returns>
    public static IOrchestratorStorageBuilder AddOrchestratorStorage(this IServiceCollection services, Action<SqliteStorageOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStorageOptions>, SqliteStorageOptionsRulesValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStorageOptions>, SqliteStorageOptionsValidator>());
        var options = services.AddOptions<SqliteStorageOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(static provider => new SqliteDatabase(
            provider.GetRequiredService<IOptions<SqliteStorageOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<WorkerIdentity>(),
            provider.GetService<ILogger<SqliteDatabase>>() ?? NullLogger<SqliteDatabase>.Instance));
        AddTaskStores(services);
        services.TryAddSingleton<IOperationLog>(static provider => new SqliteOperationLog(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetRequiredService<TimeProvider>(), provider.GetService<ISecretRedactor>()));
        services.TryAddSingleton<IExecutionLog>(static provider => new SqliteExecutionLog(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<ISecretRedactor>()));
        AddLasting<IRoutingStateStore>(services, static provider => new SqliteRoutingStateStore(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<WorkerIdentity>(), provider.GetService<ISecretRedactor>()));
        AddLasting<IRoutingDecisionLog>(services, static provider => new SqliteRoutingDecisionLog(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<WorkerIdentity>(), provider.GetService<ISecretRedactor>()));
        AddLasting<IContainerHistory>(services, static provider => new SqliteContainerHistory(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<ISecretRedactor>()));
        AddLasting<IContainerPoolState>(services, static provider => new SqliteContainerPoolState(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<WorkerIdentity>(), provider.GetService<ISecretRedactor>()));
        return new StorageBuilder(Options.Options.DefaultName, services);
    }

    /// <summary>Keeps the data in a SQLite file.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file, see <see cref="SqliteStorageOptions.Path"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static IOrchestratorStorageBuilder UseSqlite(this IOrchestratorStorageBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.Configure<SqliteStorageOptions>(options => options.Path = path);
        return builder;
    }

    private static void AddTaskStores(IServiceCollection services)
    {
        services.TryAddSingleton<ITaskStore>(static provider => new SqliteTaskStore(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<ISecretRedactor>()));
        services.TryAddSingleton<ITaskOperations>(static provider => new SqliteTaskOperations(provider.GetRequiredService<SqliteDatabase>()));
        services.TryAddSingleton<ITaskTransactions>(static provider => new SqliteTaskTransactions(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<ISecretRedactor>()));
        services.TryAddSingleton<ITaskPlanStore>(static provider => new SqliteTaskPlans(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<ISecretRedactor>()));
        services.TryAddSingleton<ITaskScheduleStore>(static provider => new SqliteTaskSchedules(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetService<ISecretRedactor>()));
        services.TryAddSingleton<ITaskNotifications>(static provider => new SqliteTaskNotifications(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IStorageMaintenance>(static provider => new SqliteStorageMaintenance(
            provider.GetRequiredService<SqliteDatabase>(), provider.GetRequiredService<TimeProvider>()));
    }

    // As TryAdd, but a store that forgets everything with its process does not count.
    private static void AddLasting<T>(IServiceCollection services, Func<IServiceProvider, T> make)
        where T : class
    {
        for (var i = services.Count - 1; i >= 0; i--)
        {
            if (services[i] is { IsKeyedService: false } service && service.ServiceType == typeof(T)
                && (service.ImplementationType ?? service.ImplementationInstance?.GetType()) is { } type && type.IsAssignableTo(typeof(IVolatileStore)))
            {
                services.RemoveAt(i);
            }
        }

        services.TryAddSingleton(make);
    }

    private sealed record StorageBuilder(string Name, IServiceCollection Services) : IOrchestratorStorageBuilder;
}
