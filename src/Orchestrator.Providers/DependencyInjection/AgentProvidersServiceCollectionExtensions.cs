using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers agent providers and what they stand on.</summary>
public static class AgentProvidersServiceCollectionExtensions
{
    /// <summary>Registers processes, workspaces, snapshots and secrets. Calling it again changes nothing. No provider is added yet.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">Settings of the workspaces.</param>
    /// <returns>The builder that providers are added with.</returns>
    /// <remarks>An earlier registration of <see cref="ISecretRedactor"/> or <see cref="TimeProvider"/> wins. All services are singletons.</remarks>
    public static IAgentProvidersBuilder AddAgentProviders(this IServiceCollection services, Action<WorkspaceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISecretProvider, EnvironmentSecretProvider>());
        services.TryAddSingleton<ISecretRedactor, SecretRedactor>();
        services.TryAddSingleton<SecretResolver>();
        services.TryAddSingleton<ProcessRunner>();
        services.TryAddSingleton<ProgramCheck>();
        services.TryAddSingleton(static provider => new AgentProcessPipeline(
            provider.GetRequiredService<ProcessRunner>(),
            provider.GetRequiredService<ISecretRedactor>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<AgentProcessPipeline>>() ?? NullLogger<AgentProcessPipeline>.Instance));
        services.TryAddSingleton(static provider => new CredentialProxies(provider.GetRequiredService<TimeProvider>(), provider.GetService<ILogger<CredentialProxies>>()));
        services.TryAddSingleton(static provider => new AgentCliServices(
            provider.GetRequiredService<AgentProcessPipeline>(),
            provider.GetRequiredService<SecretResolver>(),
            provider.GetRequiredService<CredentialProxies>(),
            provider.GetRequiredService<ProgramCheck>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<AgentContainers>()));
        services.TryAddSingleton<GitCommand>();
        services.TryAddSingleton(static provider => new GitRepositories(provider.GetRequiredService<GitCommand>()));
        services.TryAddSingleton(static provider => new TreeSnapshots(provider.GetRequiredService<GitRepositories>(), provider.GetRequiredService<GitCommand>()));
        services.TryAddSingleton(static provider => new GitWorkspaces(
            provider.GetRequiredService<GitRepositories>(),
            provider.GetRequiredService<GitCommand>(),
            provider.GetRequiredService<IOptions<WorkspaceOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<GitWorkspaces>>()));

        var options = services.AddOptionsWithValidateOnStart<WorkspaceOptions, WorkspaceOptionsValidator>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return new AgentProvidersBuilder(services);
    }

    private sealed record AgentProvidersBuilder(IServiceCollection Services) : IAgentProvidersBuilder;
}
