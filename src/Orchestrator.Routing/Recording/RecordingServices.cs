using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing.Recording;

/// <summary>Registers what records, replays and takes verdicts. A log that is registered already, before or after, wins over the one in memory.</summary>
internal static class RecordingServices
{
    public static IServiceCollection AddRoutingRecording(this IServiceCollection services)
    {
        services.TryAddSingleton<IRoutingDecisionLog, InMemoryRoutingDecisionLog>(); // By type: a lasting log has to see that this one gives way.
        services.TryAddSingleton(static provider => new RoutingRecorder(
            provider.GetRequiredService<IRoutingDecisionLog>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<RoutingRecorder>>(),
            provider.GetService<IMeterFactory>(),
            provider.GetService<RoutingRecorderConfig>()));
        services.TryAddSingleton(static provider => new RoutingReplayer(
            provider.GetRequiredService<IRoutingDecisionLog>(), provider.GetRequiredService<ProviderRegistry>().Policies));
        services.TryAddSingleton<IRoutingFeedback>(static provider => new RoutingFeedback(
            provider.GetRequiredService<ProviderRegistry>(),
            provider.GetRequiredService<IRoutingDecisionLog>(),
            provider.GetService<RoutingRecorder>(),
            provider.GetService<TimeProvider>(),
            provider.GetService<ILogger<RoutingFeedback>>()));
        services.TryAddSingleton(static provider => new ProviderLearning(provider.GetRequiredService<ProviderRegistry>()));
        return services;
    }
}
