using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Command;
using Orchestrator.Providers.Containers;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the shipped providers.</summary>
public static class AgentProvidersBuilderExtensions
{
    /// <summary>Adds a provider that runs a program. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <param name="configure">Its settings.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddCommand(this IAgentProvidersBuilder builder, string name, Action<CommandProviderOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);

        builder.Services.AddOptionsWithValidateOnStart<CommandProviderOptions, CommandProviderOptionsValidator>(name).Configure(configure);
        return builder.AddProvider(name, "command", provider => new CommandProvider(
            name,
            provider.GetRequiredService<IOptionsMonitor<CommandProviderOptions>>().Get(name),
            provider.GetRequiredService<AgentProcessPipeline>(),
            provider.GetRequiredService<SecretResolver>(),
            provider.GetRequiredService<ProgramCheck>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<AgentContainers>()));
    }

    /// <summary>Registers a provider once by its name.</summary>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    internal static IAgentProvidersBuilder AddProvider(this IAgentProvidersBuilder builder, string name, string kind, Func<IServiceProvider, IAgentProvider> create)
    {
        if (!Identifiers.IsName(name))
        {
            throw new ArgumentException($"'{name}' is not a valid provider name.", nameof(name));
        }

        var known = builder.Services.Select(service => service.ImplementationInstance).OfType<ProviderRegistration>()
            .FirstOrDefault(registration => registration.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            builder.Services.AddSingleton(new ProviderRegistration(name, kind));
            builder.Services.AddSingleton(create);
        }
        else if (known != new ProviderRegistration(name, kind))
        {
            throw new ArgumentException($"The provider name '{name}' is taken by the {known.Kind} provider '{known.Name}'.", nameof(name));
        }

        return builder;
    }
}
