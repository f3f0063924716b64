using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Queue;
using Orchestrator.Queue.DependencyInjection;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Presence;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the durable task queue.</summary>
public static class TaskQueueServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ITaskQueue"/>, <see cref="ITaskLeases"/> and <see cref="ITaskAdministration"/> on SQLite, in <c>orchestrator.db</c> unless configured.
    /// Calling it again only adds configuration; services that are registered already win.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Configures the queue; <see langword="null"/> for the defaults.</param>
    /// <returns>A builder that adds handlers and workers.</returns>
    public static ITaskQueueBuilder AddTaskQueue(this IServiceCollection services, Action<TaskQueueOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddOrchestratorStorage();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskQueueOptions>, TaskQueueOptionsRulesValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TaskQueueOptions>, TaskQueueOptionsValidator>());
        var options = services.AddOptions<TaskQueueOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(static provider => new TaskSignals(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new TaskQueueMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider => CreateIdentity(QueueOptions(provider), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new WorkerPresence(provider.GetRequiredService<WorkerIdentity>(), QueueOptions(provider).PresenceDirectory));
        services.TryAddSingleton(static provider => new WorkerRecovery(
            provider.GetRequiredService<ITaskStore>(),
            provider.GetRequiredService<WorkerPresence>(),
            provider.GetRequiredService<TaskSignals>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<WorkerRecovery>>() ?? NullLogger<WorkerRecovery>.Instance));
        services.TryAddSingleton<ITaskQueue>(static provider => new TaskQueue(
            provider.GetRequiredService<ITaskStore>(), QueueOptions(provider), provider.GetRequiredService<TaskSignals>(),
            provider.GetRequiredService<TaskQueueMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ITaskLeases>(static provider => new TaskLeases(
            provider.GetRequiredService<ITaskStore>(), QueueOptions(provider), provider.GetRequiredService<TaskSignals>(),
            provider.GetRequiredService<TaskQueueMetrics>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ITaskAdministration>(static provider => new TaskAdministration(
            provider.GetRequiredService<ITaskStore>(), provider.GetRequiredService<TaskSignals>(), provider.GetRequiredService<TimeProvider>()));
        return new TaskQueueBuilder(Options.Options.DefaultName, services);
    }

    private static TaskQueueOptions QueueOptions(IServiceProvider provider) => provider.GetRequiredService<IOptions<TaskQueueOptions>>().Value;

    private static WorkerIdentity CreateIdentity(TaskQueueOptions options, TimeProvider time) => new()
    {
        Id = Identifiers.Create(time.GetUtcNow()),
        WorkerName = options.WorkerName,
        ContainerName = options.ContainerName,
    };

    private sealed record TaskQueueBuilder(string Name, IServiceCollection Services) : ITaskQueueBuilder;
}
