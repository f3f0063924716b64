using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Queue;
using Orchestrator.Queue.DependencyInjection;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Health;
using Orchestrator.Queue.Presence;
using Orchestrator.Queue.Retry;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the durable task queue.</summary>
public static class TaskQueueServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ITaskQueue"/>, <see cref="ITaskLeases"/>, <see cref="ITaskAdministration"/> and <see cref="ITransactionalTaskQueue"/> on SQLite, in
    /// <c>orchestrator.db</c> unless configured. Calling it again only adds configuration; services that are registered already win.
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

        AddParts(services);
        AddSides(services);
        Orchestrator.Queue.Plans.PlanningServices.AddTo(services);
        return new TaskQueueBuilder(Options.Options.DefaultName, services);
    }

    internal static TaskQueueOptions QueueOptions(IServiceProvider provider) => provider.GetRequiredService<IOptions<TaskQueueOptions>>().Value;

    internal static ILogger<T> Logger<T>(IServiceProvider provider) => provider.GetService<ILogger<T>>() ?? NullLogger<T>.Instance;

    private static void AddParts(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new TaskSignals(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new TaskQueueMetrics(provider.GetService<IMeterFactory>()));
        services.TryAddSingleton(static provider => CreateIdentity(QueueOptions(provider), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new WorkerPresence(provider.GetRequiredService<WorkerIdentity>(), QueueOptions(provider).PresenceDirectory));
        services.TryAddSingleton(static provider => new WorkerRecovery(
            provider.GetRequiredService<ITaskStore>(),
            provider.GetRequiredService<WorkerPresence>(),
            provider.GetRequiredService<TaskSignals>(),
            Logger<WorkerRecovery>(provider)));
        services.TryAddSingleton<IRetryPolicy>(static provider => new BackoffRetryPolicy(QueueOptions(provider).Retry, NextRandom));
        services.TryAddSingleton(static provider => new TaskQueueHealthCheck(
            provider.GetRequiredService<ITaskOperations>(), provider.GetServices<WorkerHealth>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, QueueDepth>(static provider => new QueueDepth(
            provider,
            provider.GetRequiredService<TaskQueueMetrics>(),
            provider.GetRequiredService<TimeProvider>(),
            Logger<QueueDepth>(provider))));
    }

    private static void AddSides(IServiceCollection services)
    {
        services.TryAddSingleton<ITaskQueue>(static provider => new TaskQueue(
            provider.GetRequiredService<ITaskStore>(), QueueOptions(provider), provider.GetRequiredService<TaskSignals>(), provider.GetRequiredService<TaskQueueMetrics>()));
        services.TryAddSingleton<ITaskLeases>(static provider => new TaskLeases(
            provider.GetRequiredService<ITaskStore>(), provider.GetRequiredService<TaskSignals>(), provider.GetRequiredService<TaskQueueMetrics>()));
        services.TryAddSingleton<ITaskAdministration>(static provider => new TaskAdministration(
            provider.GetRequiredService<ITaskStore>(), provider.GetRequiredService<ITaskOperations>(), QueueOptions(provider), provider.GetRequiredService<TaskSignals>()));
        services.TryAddSingleton<ITransactionalTaskQueue>(static provider => new TransactionalTaskQueue(
            provider.GetRequiredService<ITaskStore>(), provider.GetRequiredService<ITaskTransactions>()));
    }

    private static double NextRandom() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    private static WorkerIdentity CreateIdentity(TaskQueueOptions options, TimeProvider time) => new()
    {
        Id = Identifiers.Create(time.GetUtcNow()),
        WorkerName = options.WorkerName,
        ContainerName = options.ContainerName,
    };

    private sealed record TaskQueueBuilder(string Name, IServiceCollection Services) : ITaskQueueBuilder;
}
