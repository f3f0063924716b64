using Microsoft.Extensions.Options;
using Orchestrator;
using Orchestrator.Providers;
using Orchestrator.Providers.Cli;
using Orchestrator.Providers.Cli.Codex;
using Orchestrator.Providers.Command;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the shipped providers.</summary>
public static class AgentProvidersBuilderExtensions
{
    /// <summary>The name of the Codex provider when none is given.</summary>
    public const string CodexName = "codex";

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
            provider.GetRequiredService<TimeProvider>()));
    }

    /// <summary>Adds the Codex CLI. The same name again adds settings to the same provider.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Its settings.</param>
    /// <param name="name">The provider's name, which is also the name of its options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddCodex(this IAgentProvidersBuilder builder, Action<CodexProviderOptions>? configure = null, string name = CodexName)
    {
        ArgumentNullException.ThrowIfNull(builder);

        var options = builder.Services.AddOptionsWithValidateOnStart<CodexProviderOptions, CodexProviderOptionsValidator>(name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder.AddProvider(name, "codex", provider => new CodexProvider(
            name,
            provider.GetRequiredService<IOptionsMonitor<CodexProviderOptions>>().Get(name),
            provider.GetRequiredService<AgentProcessPipeline>(),
            provider.GetRequiredService<SecretResolver>(),
            provider.GetRequiredService<ProgramCheck>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static IAgentProvidersBuilder AddProvider(this IAgentProvidersBuilder builder, string name, string kind, Func<IServiceProvider, IAgentProvider> create)
    {
        if (!Identifiers.IsName(name))
        {
            throw new ArgumentException($"'{name}' is not a valid provider name.", nameof(name));
        }

        var known = builder.Services.Select(service => service.ImplementationInstance).OfType<Registration>()
            .FirstOrDefault(registration => registration.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (known is null)
        {
            builder.Services.AddSingleton(new Registration(name, kind));
            builder.Services.AddSingleton(create);
        }
        else if (known != new Registration(name, kind))
        {
            throw new ArgumentException($"The provider name '{name}' is taken by the {known.Kind} provider '{known.Name}'.", nameof(name));
        }

        return builder;
    }

    private sealed record Registration(string Name, string Kind);
}
