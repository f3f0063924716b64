using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Queue;
using Orchestrator.Queue.DependencyInjection;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Presence;
using Orchestrator.Queue.Signals;
using Orchestrator.Queue.Workers;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds handlers, workers and the choice of database to a queue.</summary>
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

    /// <summary>Adds a handler as a singleton; adding it again does nothing.</summary>
    /// <typeparam name="THandler">The handler.</typeparam>
    /// <param name="builder">The builder.</param>
    /// <returns>The same builder.</returns>
    public static ITaskQueueBuilder AddHandler<THandler>(this ITaskQueueBuilder builder)
        where THandler : class, ITaskHandler
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<ITaskHandler, THandler>());
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

        services.TryAddSingleton<TaskHandlerTable>();
        services.TryAddSingleton(static provider => new TaskRunner(
            provider.GetRequiredService<TaskHandlerTable>(),
            provider.GetRequiredService<ITaskLeases>(),
            provider.GetRequiredService<WorkerIdentity>(),
            provider.GetRequiredService<TaskQueueMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<TaskWorker>>() ?? NullLogger<TaskWorker>.Instance));
        if (!services.Any(service => service.ServiceType == typeof(TaskWorker) && Equals(service.ServiceKey, name)))
        {
            services.AddKeyedSingleton(name, static (provider, key) => new TaskWorker(
                provider.GetRequiredService<IOptionsMonitor<TaskWorkerOptions>>().Get((string)key!),
                provider.GetRequiredService<ITaskLeases>(),
                provider.GetRequiredService<TaskRunner>(),
                provider.GetRequiredService<WorkerRecovery>(),
                provider.GetRequiredService<TaskSignals>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILogger<TaskWorker>>() ?? NullLogger<TaskWorker>.Instance));
            services.AddSingleton<IHostedService>(provider => new HostedTaskWorker(provider, name));
        }

        return builder;
    }
}
