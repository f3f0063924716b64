using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orchestrator.Queue;
using Orchestrator.Queue.DependencyInjection;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Handlers;
using Orchestrator.Queue.Health;
using Orchestrator.Queue.Presence;
using Orchestrator.Queue.Retry;
using Orchestrator.Queue.Signals;
using Orchestrator.Queue.Workers;
using Orchestrator.Storage;
using static Microsoft.Extensions.DependencyInjection.TaskQueueServiceCollectionExtensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds workers and the choice of database to a queue.</summary>
public static class TaskQueueBuilderExtensions
{
    private const string DefaultWorker = "default";

    /// <summary>Keeps the queue, and everything else of the family, in a SQLite file.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static ITaskQueueBuilder UseSqlite(this ITaskQueueBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOrchestratorStorage().UseSqlite(path);
        return builder;
    }

    /// <summary>Runs a worker in this host; adding it again only adds configuration.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Configures it; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddWorker(this ITaskQueueBuilder builder, Action<TaskWorkerOptions>? configure = null) =>
        builder.AddWorker(DefaultWorker, configure);

    /// <summary>Runs a worker of that name in this host, beside others; adding it again only adds configuration.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The worker's name among those of this host; also the name of its options.</param>
    /// <param name="configure">Configures it; <see langword="null"/> for the defaults.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddWorker(this ITaskQueueBuilder builder, string name, Action<TaskWorkerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);

        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskWorkerOptions>, TaskWorkerOptionsRulesValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskWorkerOptions>, TaskWorkerOptionsValidator>());
        var options = services.AddOptions<TaskWorkerOptions>(name).ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        AddParts(services);
        if (!services.Any(service => service.ServiceType == typeof(TaskWorker) && Equals(service.ServiceKey, name)))
        {
            services.AddKeyedSingleton(name, static (provider, key) => new WorkerHealth((string)key!, provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton(provider => provider.GetRequiredKeyedService<WorkerHealth>(name));
            services.AddKeyedSingleton(name, static (provider, key) => new TaskWorker(
                provider.GetRequiredService<IOptionsMonitor<TaskWorkerOptions>>().Get((string)key!),
                provider.GetRequiredService<TaskRunner>(),
                provider.GetRequiredService<WorkerRecovery>(),
                provider.GetRequiredService<ITaskStore>(),
                provider.GetRequiredService<TaskSignals>(),
                provider.GetRequiredKeyedService<WorkerHealth>(key),
                WorkerLogger(provider)));
            services.AddSingleton<IHostedService>(provider => new HostedTaskWorker(provider, name));
        }

        return builder;
    }

    private static void AddParts(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new HandlerPipeline(
            provider.GetServices<ITaskHandlerDecorator>(),
            provider.GetRequiredService<TaskQueueMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            WorkerLogger(provider)));
        services.TryAddSingleton<TaskHandlerTable>();
        services.TryAddSingleton(static provider => new TaskRunner(
            provider.GetRequiredService<TaskHandlerTable>(),
            new TaskRunnerServices(
                provider.GetRequiredService<WorkerIdentity>(),
                provider.GetRequiredService<ITaskLeases>(),
                provider.GetService<ITaskTransactions>() is null ? null : provider.GetRequiredService<ITransactionalTaskQueue>(),
                provider.GetRequiredService<TaskQueueMetrics>()),
            provider.GetRequiredService<IRetryPolicy>(),
            provider.GetRequiredService<TimeProvider>(),
            WorkerLogger(provider)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, NotificationListener>(static provider => new NotificationListener(
            provider, provider.GetRequiredService<TaskSignals>(), Logger<NotificationListener>(provider))));
    }

    private static CalmLogger<TaskWorker> WorkerLogger(IServiceProvider provider) => new(Logger<TaskWorker>(provider));
}
