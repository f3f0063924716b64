using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>Hands changed settings to the registry.</summary>
internal sealed class ProviderRoutingReload : IDisposable
{
    private readonly IDisposable? _subscription;

    public ProviderRoutingReload(ProviderRegistry registry, IOptionsMonitor<ProviderRoutingOptions> monitor, ILogger? logger)
    {
        logger ??= NullLogger.Instance;
        _subscription = monitor.OnChange((options, name) =>
        {
            if (string.IsNullOrEmpty(name))
            {
                Replace(registry, options, logger);
            }
        });
    }

    public void Dispose() => _subscription?.Dispose();

    private static void Replace(ProviderRegistry registry, ProviderRoutingOptions options, ILogger logger)
    {
        try
        {
            registry.Update(options);
            Log.SettingsReplaced(logger, registry.Version);
        }
        catch (OptionsValidationException error)
        {
            Log.SettingsRefused(logger, error);
        }
    }
}
