using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Containers;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Has agents run in containers.</summary>
public static class AgentContainersBuilderExtensions
{
    /// <summary>
    /// Has the programs of all agent CLIs and commands, the commands of chat agents, and what verifies their results, run in leased containers, never on this machine. Calling it again only adds settings.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">The pool, and the directory that each of its instances shares with this machine.</param>
    /// <returns>The builder.</returns>
    /// <remarks>The host must have an <see cref="IContainerBalancer"/> with the pool, and an <see cref="IContainerEngine"/> that keeps instances apart: the process engine is refused.</remarks>
    public static IAgentProvidersBuilder UseContainers(this IAgentProvidersBuilder builder, Action<AgentContainerOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        builder.Services.AddOptionsWithValidateOnStart<AgentContainerOptions, AgentContainerOptionsValidator>().Configure(configure);
        builder.Services.Configure<WorkspaceOptions>(static workspaces => workspaces.HasOwnObjects = true);
        builder.Services.TryAddSingleton(static provider => new AgentContainers(new ContainerServices(
            provider.GetRequiredService<IContainerBalancer>(),
            provider.GetRequiredService<IContainerEngine>(),
            provider.GetRequiredService<IOptions<AgentContainerOptions>>().Value,
            provider.GetRequiredService<ISecretRedactor>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<AgentContainers>>() ?? NullLogger<AgentContainers>.Instance)));
        builder.Services.TryAddSingleton(static provider => new ContainerCommands(
            provider.GetRequiredService<AgentContainers>(), provider.GetRequiredService<IOptions<AgentContainerOptions>>().Value.RunsVerifyCommands));
        return builder;
    }
}
