using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Hosting;
using Orchestrator.Patching;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Queue;
using Orchestrator.Queue.Workers;
using Orchestrator.Routing;
using Orchestrator.Routing.Attempts;
using Orchestrator.Secrets;
using Orchestrator.Storage.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the whole main job.</summary>
public static class OrchestratorServiceCollectionExtensions
{
    private const string WorkerName = "orchestrator";

    /// <summary>
    /// Puts storage, queue, router, patch manager and providers together: a hosted worker takes agent tasks from the queue through routing, execution, patch and
    /// verification to their report. Calling it again only adds configuration; services that are registered already win.
    /// </summary>
    /// <param name="services">Where to register.</param>
    /// <param name="configure">Configures the main job; <see langword="null"/> for the defaults.</param>
    /// <returns>A builder that adds providers and configures the parts.</returns>
    public static IOrchestratorBuilder AddOrchestrator(this IServiceCollection services, Action<OrchestratorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddLogging();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OrchestratorOptions>, OrchestratorOptionsValidator>());
        var options = services.AddOptions<OrchestratorOptions>().ValidateOnStart();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(static provider => new OrchestratorState(provider.GetRequiredService<IOptions<OrchestratorOptions>>().Value.StateDirectory));
        AddParts(services);
        AddMainJob(services);
        return new OrchestratorBuilder(Options.Options.DefaultName, services);
    }

    /// <summary>Adds the providers that tasks can be routed to.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Adds providers.</param>
    /// <returns>The same builder.</returns>
    public static IOrchestratorBuilder ConfigureProviders(this IOrchestratorBuilder builder, Action<IAgentProvidersBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        configure(builder.Services.AddAgentProviders());
        return builder;
    }

    private static void AddParts(IServiceCollection services)
    {
        services.AddOrchestratorStorage();
        services.AddProviderRouting();

        // The main job runs agents; a provider of which there is only a description has none. No setting changes that.
        services.PostConfigure<ProviderRoutingOptions>(static routing => routing.RequireAgents = true);
        services.AddPatchManager(static options =>
        {
            // The trail writes what was applied, with the task's own words.
            options.RecordOperations = false;

            // Agents run package managers and generators in their workspace: what these made is not made by hand.
            options.GeneratedFiles = GeneratedFilePolicy.Allow;
        });
        services.AddAgentProviders();

        // Hosted services start in the order of their registration: what dead processes left is taken up before the worker takes new work.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, OrchestratorRecovery>());
        services.AddTaskQueue().AddHandler<AgentTaskHandler>().AddWorker(WorkerName);

        // The parts take their place in the state directory and their names from the main job's own options.
        services.TryAddSingleton(static provider =>
        {
            var main = provider.GetRequiredService<IOptions<OrchestratorOptions>>().Value;
            return new RoutingRecorderConfig { WorkerName = main.WorkerName, ContainerName = main.ContainerName };
        });
        services.AddOptions<SqliteStorageOptions>().Configure<OrchestratorState>(static (storage, state) => storage.Path = state.Database);
        services.AddOptions<WorkspaceOptions>().Configure<OrchestratorState>(static (workspaces, state) => workspaces.Directory = state.Workspaces);
        services.AddOptions<TaskQueueOptions>().Configure<IOptions<OrchestratorOptions>, OrchestratorState>(static (queue, main, state) =>
        {
            queue.PresenceDirectory = state.Presence;
            queue.WorkerName = main.Value.WorkerName;
            queue.ContainerName = main.Value.ContainerName;
        });
        services.AddOptions<TaskWorkerOptions>(WorkerName).Configure<IOptions<OrchestratorOptions>>(static (worker, main) =>
        {
            worker.Concurrency = main.Value.Concurrency;
            worker.OnlyTaskId = main.Value.OnlyTaskId;
            worker.ShutdownTimeout = TimeSpan.Zero; // An agent takes minutes: what it did is kept by checkpoints, not by waiting for it.
        });
    }

    private static void AddMainJob(IServiceCollection services)
    {
        services.TryAddSingleton<AgentTaskTrail>();
        services.TryAddSingleton(static provider => new AgentTaskClient(
            provider.GetRequiredService<ITaskQueue>(), provider.GetRequiredService<AgentTaskTrail>(), provider.GetRequiredService<ISecretRedactor>()));
        AddOperations(services);
        services.TryAddSingleton<SourceGate>();
        services.TryAddSingleton(static provider => new ProviderAttempts(
            provider.GetRequiredService<IProviderRouter>(),
            provider.GetRequiredService<ProviderRegistry>(),
            provider.GetRequiredService<IProviderAdmission>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ProviderAttempts>>()));
        services.TryAddSingleton<AttemptLoop>();
        services.TryAddSingleton<DecisionTrail>();
        services.TryAddSingleton<AttemptRunner>();
        services.TryAddSingleton<AbandonedExecutions>();
        services.TryAddSingleton<DeadWorkerTasks>();
        services.TryAddSingleton<WorkspaceExecution>();
        services.TryAddSingleton<AgentEventPump>();
        services.TryAddSingleton<ResultDelivery>();
        services.TryAddSingleton<TreeGuard>();
        services.TryAddSingleton<TreeHolds>();
        services.TryAddSingleton<TreeTakeBack>();
        services.TryAddSingleton<TreeSettlement>();
        services.TryAddSingleton<WorkspaceVerification>();
        services.TryAddSingleton<VerifyEnvironment>();
        services.TryAddSingleton<Verifier>();
        services.TryAddSingleton<RemediationPlanner>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResultTarget, TreeTarget>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResultTarget, BranchTarget>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IResultTarget, FileTarget>());
    }

    private static void AddOperations(IServiceCollection services)
    {
        services.TryAddSingleton<ProgressRelay>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAgentTaskObserver, ProgressRelay>(static provider => provider.GetRequiredService<ProgressRelay>()));
        services.TryAddSingleton<TaskAssignments>();
        services.TryAddSingleton<IProviderOperations, ProviderOperations>();
    }

    private sealed record OrchestratorBuilder(string Name, IServiceCollection Services) : IOrchestratorBuilder;
}
