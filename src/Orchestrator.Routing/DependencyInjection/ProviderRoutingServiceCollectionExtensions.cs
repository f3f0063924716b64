using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orchestrator.Providers;
using Orchestrator.Routing;
using Orchestrator.Routing.Attempts;
using Orchestrator.Routing.DependencyInjection;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Recording;
using Orchestrator.Routing.Registration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the router.</summary>
public static class ProviderRoutingServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="IProviderRouter"/>, <see cref="IProviderRegistry"/>, <see cref="IProviderAdmission"/>, <see cref="ProviderAttempts"/> and <see cref="ProviderHealthChecks"/> over every
    /// <see cref="IAgentProvider"/> of the container. A registration that is there already stays.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the settings; called once for each call of this method. <see langword="null"/> for the defaults.</param>
    /// <returns>A builder to add providers and settings.</returns>
    public static IProviderRoutingBuilder AddProviderRouting(this IServiceCollection services, Action<ProviderRoutingOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.TryAddSingleton(TimeProvider.System);
        var options = AddOptions(services);
        if (configure is not null)
        {
            options.Configure(configure);
        }

        AddRegistry(services);
        AddRouter(services);
        AddHealth(services);
        AdmissionServices.Add(services, Current);
        AddAttempts(services);
        services.AddRoutingRecording();
        return new Builder(Options.Options.DefaultName, services);
    }

    /// <summary>
    /// As <see cref="AddProviderRouting(IServiceCollection, Action{ProviderRoutingOptions})"/>, with settings from a section of the configuration, such as <c>Orchestrator:Routing</c>. When the
    /// configuration reloads, the router gets the new settings at once; wrong ones are logged, every error of them, and the old ones stay.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section, see <see cref="ProviderRoutingBuilderExtensions.ConfigureRouting(IProviderRoutingBuilder, IConfiguration)"/>.</param>
    /// <returns>A builder to add providers and settings.</returns>
    public static IProviderRoutingBuilder AddProviderRouting(this IServiceCollection services, IConfiguration section) => services.AddProviderRouting().ConfigureRouting(section);

    private static OptionsBuilder<ProviderRoutingOptions> AddOptions(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ProviderRoutingOptions>, ProviderRoutingOptionsValidator>());
        services.TryAddSingleton<IOptionsMonitor<ProviderRoutingOptions>, RoutingOptionsMonitor>();
        return services.Any(service => service.ServiceType == typeof(ProviderRegistry))
            ? services.AddOptions<ProviderRoutingOptions>()
            : services.AddOptionsWithValidateOnStart<ProviderRoutingOptions>();
    }

    private static void AddRegistry(IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new ProviderRegistry(
            provider.GetServices<IAgentProvider>(),
            provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>().CurrentValue,
            provider.GetServices<DescribedProvider>().Select(described => described.Descriptor),
            provider.GetServices<ISelectionPolicy>()));
        services.TryAddSingleton(static provider => new ProviderRoutingReload(
            provider.GetRequiredService<ProviderRegistry>(),
            provider.GetRequiredService<IOptionsMonitor<ProviderRoutingOptions>>(),
            provider.GetService<ILogger<ProviderRegistry>>()));
        services.TryAddSingleton<IProviderRegistry>(static provider => Current(provider));
    }

    private static void AddRouter(IServiceCollection services) => services.TryAddSingleton<IProviderRouter>(static provider => new ProviderRouter(
        Current(provider),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetService<ILogger<ProviderRouter>>(),
        provider.GetService<IMeterFactory>())
    {
        Observer = provider.GetService<RoutingRecorder>(),
    });

    private static void AddHealth(IServiceCollection services) => services.TryAddSingleton(static provider => new ProviderHealthChecks(
        Current(provider),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetService<ILogger<ProviderHealthChecks>>()));

    private static void AddAttempts(IServiceCollection services) => services.TryAddSingleton(static provider => new ProviderAttempts(
        provider.GetRequiredService<IProviderRouter>(),
        Current(provider),
        provider.GetRequiredService<IProviderAdmission>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetService<ILogger<ProviderAttempts>>()));

    // The registry, with somebody who hands it changed settings.
    private static ProviderRegistry Current(IServiceProvider provider)
    {
        _ = provider.GetRequiredService<ProviderRoutingReload>();
        return provider.GetRequiredService<ProviderRegistry>();
    }

    private sealed record Builder(string Name, IServiceCollection Services) : IProviderRoutingBuilder;
}
