using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.DependencyInjection;
using Orchestrator.Routing.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the router.</summary>
public static class ProviderRoutingServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IProviderRouter"/>, <see cref="IProviderRegistry"/>, <see cref="IProviderLoad"/> and <see cref="ProviderHealthChecks"/> over every
    /// <see cref="IAgentProvider"/> of the container. A registration that is there already stays.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the settings; called once for each call of this method. <see langword="null"/> for the defaults.</param>
    /// <returns>A builder to add providers and settings.</returns>
    public static IProviderRoutingBuilder AddProviderRouting(this IServiceCollection services, Action<ProviderRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProviderRoutingOptions>, ProviderRoutingOptionsValidator>());
        var isRegistered = services.Any(service => service.ServiceType == typeof(ProviderRegistry));
        var options = isRegistered ? services.AddOptions<ProviderRoutingOptions>() : services.AddOptionsWithValidateOnStart<ProviderRoutingOptions>();
        if (configure is not null)
        {
            options.Configure(configure);
        }

        services.TryAddSingleton(static provider => new ProviderRegistry(
            provider.GetServices<IAgentProvider>(), provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>().CurrentValue));
        services.TryAddSingleton<IProviderRegistry>(static provider => provider.GetRequiredService<ProviderRegistry>());
        services.TryAddSingleton<IProviderLoad>(static provider => provider.GetRequiredService<ProviderRegistry>());
        services.TryAddSingleton(static provider => new ProviderRoutingReload(
            provider.GetRequiredService<ProviderRegistry>(),
            provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>(),
            provider.GetService<ILogger<ProviderRegistry>>()));
        services.TryAddSingleton<IProviderRouter>(static provider =>
        {
            _ = provider.GetRequiredService<ProviderRoutingReload>();
            return new ProviderRouter(
                provider.GetRequiredService<ProviderRegistry>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ILogger<ProviderRouter>>(),
                provider.GetService<IMeterFactory>());
        });
        services.TryAddSingleton(static provider => new ProviderHealthChecks(
            provider.GetRequiredService<ProviderRegistry>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<ILogger<ProviderHealthChecks>>()));
        return new Builder(Options.Options.DefaultName, services);
    }

    private sealed record Builder(string Name, IServiceCollection Services) : IProviderRoutingBuilder;
}
