using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.State;
using Orchestrator.Routing.Status;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>Registers admission, statuses, the state store and the loops.</summary>
internal static class AdmissionServices
{
    /// <summary>Registers what is not there yet.</summary>
    /// <param name="services">The services.</param>
    /// <param name="registryOf">Finds the registry.</param>
    public static void Add(IServiceCollection services, Func<IServiceProvider, ProviderRegistry> registryOf)
    {
        services.TryAddSingleton<IRoutingStateStore, InMemoryRoutingStateStore>(); // By type: a lasting store has to see that this one gives way.
        services.TryAddSingleton(provider => new AdmissionStore(
            provider.GetRequiredService<IRoutingStateStore>(), registryOf(provider).Budgets, LoggerOf<StoredReservations>(provider)));
        services.TryAddSingleton<IProviderAdmission>(provider => new AdmissionDesk(
            registryOf(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<AdmissionStore>().Reservations));
        services.TryAddSingleton<IProviderStatuses>(provider => new ProviderStatuses(
            registryOf(provider), provider.GetRequiredService<TimeProvider>(), LoggerOf<ProviderStatuses>(provider)));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoutingStateSource, HealthStateSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoutingStateSource, DrainingStateSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoutingStateSource, EstimateStateSource>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IRoutingStateSource, SessionStateSource>());
        services.TryAddSingleton(provider => new RoutingStateKeeper(
            registryOf(provider),
            provider.GetRequiredService<AdmissionStore>().Lasting,
            provider.GetRequiredService<AdmissionStore>().Reservations,
            provider.GetServices<IRoutingStateSource>(),
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<RoutingStateKeeper>(provider)));
        services.TryAddSingleton<IRoutingState>(static provider => provider.GetRequiredService<RoutingStateKeeper>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RoutingStateKeeper>(static provider => provider.GetRequiredService<RoutingStateKeeper>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ActiveHealthLoop>(provider => new ActiveHealthLoop(
            registryOf(provider), provider.GetRequiredService<ProviderHealthChecks>(), provider.GetRequiredService<TimeProvider>(), LoggerOf<ActiveHealthLoop>(provider))));
    }

    private static ILogger<T> LoggerOf<T>(IServiceProvider provider) => provider.GetService<ILogger<T>>() ?? NullLogger<T>.Instance;
}
