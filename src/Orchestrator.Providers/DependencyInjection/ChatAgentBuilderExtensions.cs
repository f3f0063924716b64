using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Patching;
using Orchestrator.Providers.Chat;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds chat models as coding agents.</summary>
public static class ChatAgentBuilderExtensions
{
    /// <summary>
    /// Adds a chat client as a coding agent: it works with our own tools on the workspace of the execution. The same name again adds settings to the same provider, and the first client stays.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="name">The provider's name, which is also the name of its options and the key of its client among the services.</param>
    /// <param name="createClient">Makes the client once, when it is first needed. The container disposes it.</param>
    /// <param name="configure">Its settings.</param>
    /// <returns>The builder.</returns>
    /// <remarks>
    /// Edits go through <see cref="IPatchManager"/>: call <c>AddPatchManager()</c> too, or every execution ends with <see cref="Orchestrator.Providers.FailureClass.Configuration"/>. A wrapper that
    /// invokes functions by itself is neither needed nor does it find any to invoke.
    /// </remarks>
    /// <exception cref="ArgumentException">The name is not valid, or another kind of provider has it.</exception>
    public static IAgentProvidersBuilder AddChatAgent(
        this IAgentProvidersBuilder builder, string name, Func<IServiceProvider, IChatClient> createClient, Action<ChatAgentOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(createClient);

        builder.AddProvider(name, "chat", provider => new ChatAgentProvider(
            name,
            provider.GetRequiredService<IOptionsMonitor<ChatAgentOptions>>().Get(name),
            new ChatAgentServices
            {
                Client = new ChatClientSource(() => provider.GetRequiredKeyedService<IChatClient>(name)),
                Patches = provider.GetService<IPatchManager>(),
                Runner = provider.GetRequiredService<ProcessRunner>(),
                Containers = provider.GetService<AgentContainers>(),
                Secrets = provider.GetRequiredService<SecretResolver>(),
                Redactor = provider.GetRequiredService<ISecretRedactor>(),
                Time = provider.GetRequiredService<TimeProvider>(),
                Logger = provider.GetService<ILogger<ChatAgentProvider>>() ?? NullLogger<ChatAgentProvider>.Instance,
            }));
        builder.Services.TryAddKeyedSingleton(name, (provider, _) => createClient(provider));
        var options = builder.Services.AddOptionsWithValidateOnStart<ChatAgentOptions, ChatAgentOptionsValidator>(name);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        return builder;
    }
}
