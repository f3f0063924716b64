using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Auditing;
using Orchestrator.Containers;
using Orchestrator.Executions;
using Orchestrator.Queue;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;
using Orchestrator.Secrets;
using Orchestrator.Storage;
using Orchestrator.Storage.PostgreSql;
using Orchestrator.Storage.PostgreSql.Containers;
using Orchestrator.Storage.PostgreSql.DependencyInjection;
using Orchestrator.Storage.PostgreSql.Routing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps the data of the Orchestrator family in PostgreSQL.</summary>
public static class PostgreSqlStorageBuilderExtensions
{
    /// <summary>Keeps the data in PostgreSQL instead of the SQLite file.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="connectionString">How to reach the server, see <see cref="PostgreSqlStorageOptions.ConnectionString"/>.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The connection string is empty.</exception>
    public static IOrchestratorStorageBuilder UsePostgreSql(this IOrchestratorStorageBuilder builder, string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        return builder.UsePostgreSql(options => options.ConnectionString = connectionString);
    }

    /// <summary>Keeps the data in PostgreSQL instead of the SQLite file. Replaces every store; calling it again only adds configuration.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Configures PostgreSQL; at least the connection string has to be set here or in the host's configuration.</param>
    /// <returns>The same builder.</returns>
    public static IOrchestratorStorageBuilder UsePostgreSql(this IOrchestratorStorageBuilder builder, Action<PostgreSqlStorageOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlStorageOptions>, PostgreSqlStorageOptionsRulesValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PostgreSqlStorageOptions>, PostgreSqlStorageOptionsValidator>());
        services.AddOptions<PostgreSqlStorageOptions>().ValidateOnStart().Configure(configure);
        services.TryAddSingleton(static provider => new PostgreSqlDatabase(
            provider.GetRequiredService<IOptions<PostgreSqlStorageOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<WorkerIdentity>(),
            provider.GetService<ILogger<PostgreSqlDatabase>>() ?? NullLogger<PostgreSqlDatabase>.Instance));
        Replace<ITaskStore>(services, static (database, redactor, _) => new PostgreSqlTaskStore(database, redactor));
        Replace<ITaskOperations>(services, static (database, _, _) => new PostgreSqlTaskOperations(database));
        Replace<ITaskTransactions>(services, static (database, redactor, _) => new PostgreSqlTaskTransactions(database, redactor));
        Replace<ITaskPlanStore>(services, static (database, redactor, _) => new PostgreSqlTaskPlans(database, redactor));
        Replace<ITaskScheduleStore>(services, static (database, redactor, _) => new PostgreSqlTaskSchedules(database, redactor));
        Replace<ITaskNotifications>(services, static (database, _, provider) => new PostgreSqlTaskNotifications(
            database, provider.GetService<ILogger<PostgreSqlTaskNotifications>>() ?? NullLogger<PostgreSqlTaskNotifications>.Instance));
        Replace<IStorageMaintenance>(services, static (database, _, _) => new PostgreSqlStorageMaintenance(database));
        Replace<IOperationLog>(services, static (database, redactor, _) => new PostgreSqlOperationLog(database, redactor));
        Replace<IExecutionLog>(services, static (database, redactor, _) => new PostgreSqlExecutionLog(database, redactor));
        Replace<IRoutingStateStore>(services, static (database, redactor, provider) => new PostgreSqlRoutingStateStore(database, provider.GetService<WorkerIdentity>(), redactor));
        Replace<IRoutingDecisionLog>(services, static (database, redactor, provider) => new PostgreSqlRoutingDecisionLog(database, provider.GetService<WorkerIdentity>(), redactor));
        Replace<IContainerHistory>(services, static (database, redactor, _) => new PostgreSqlContainerHistory(database, redactor));
        Replace<IContainerPoolState>(services, static (database, redactor, provider) => new PostgreSqlContainerPoolState(database, provider.GetService<WorkerIdentity>(), redactor));
        return builder;
    }

    private static void Replace<T>(IServiceCollection services, Func<PostgreSqlDatabase, ISecretRedactor?, IServiceProvider, T> make)
        where T : class => services.Replace(ServiceDescriptor.Singleton(
            provider => make(provider.GetRequiredService<PostgreSqlDatabase>(), provider.GetService<ISecretRedactor>(), provider)));
}
