using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Routing;
using Orchestrator.Routing.Chat;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.State;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers several chat clients as one.</summary>
public static class RoutedChatClientServiceCollectionExtensions
{
    /// <summary>Registers a <see cref="ProviderRoutingChatClient"/>, also as <see cref="RoutingChatClient"/> and <see cref="IChatClient"/>. A registration that is there already stays.</summary>
    /// <remarks>
    /// It uses the container's meters, its log of decisions and its state store, as far as there are any; what it keeps is apart from the agents' router, so budgets of the same name are two. The
    /// host loads its state at start and saves it while it runs.
    /// </remarks>
    /// <param name="services">The services.</param>
    /// <param name="providers">Gives the chat clients with what they are and can do.</param>
    /// <param name="configureRouting">Changes the settings of the router; <see langword="null"/> for the defaults. They belong to the chat clients alone.</param>
    /// <param name="configure">Changes time limits and the reading of failures; <see langword="null"/> for the defaults.</param>
    /// <returns>The same services.</returns>
    [Experimental("MEAI001", UrlFormat = "https://aka.ms/dotnet-extensions-warnings/{0}")]
    public static IServiceCollection AddRoutedChatClient(
        this IServiceCollection services,
        Func<IServiceProvider, IEnumerable<ChatProvider>> providers,
        Action<ProviderRoutingOptions>? configureRouting = null,
        Action<ChatRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(providers);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(NewRecorder);
        services.TryAddSingleton(provider =>
        {
            var (routing, options) = (new ProviderRoutingOptions(), new ChatRoutingOptions());
            configureRouting?.Invoke(routing);
            configure?.Invoke(options);
            return new ProviderRoutingChatClient(providers(provider), routing, options, provider.GetRequiredService<TimeProvider>(), provider.GetService<ILoggerFactory>(), ServicesOf(provider));
        });
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ChatStateService>(static provider =>
            new ChatStateService(provider.GetRequiredService<ProviderRoutingChatClient>().Routing.State)));
        services.TryAddSingleton<RoutingChatClient>(static provider => provider.GetRequiredService<ProviderRoutingChatClient>());
        services.TryAddSingleton<IChatClient>(static provider => provider.GetRequiredService<ProviderRoutingChatClient>());
        return services;
    }

    private static ChatRoutingServices ServicesOf(IServiceProvider provider) => new()
    {
        MeterFactory = provider.GetService<IMeterFactory>(),
        Recorder = provider.GetRequiredService<ChatRecorder>().Recorder,
        StateStore = provider.GetService<IRoutingStateStore>(),
    };

    // One of its own: a recorder that serves two routers writes their settings anew at every change between the two.
    private static ChatRecorder NewRecorder(IServiceProvider provider) => new(provider.GetService<IRoutingDecisionLog>() is { } log
        ? new RoutingRecorder(
            log,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<RoutingRecorder>>(),
            provider.GetService<IMeterFactory>(),
            provider.GetService<RoutingRecorderConfig>())
        : null);
}
