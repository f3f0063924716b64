using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>Hands changed settings to the registry, and says once which providers have no price.</summary>
internal sealed class ProviderRoutingReload : IDisposable
{
    private readonly ProviderRegistry _registry;
    private readonly ILogger _logger;
    private readonly IDisposable? _subscription;
    private string _withoutPrice = "";

    public ProviderRoutingReload(ProviderRegistry registry, IOptionsMonitor<ProviderRoutingOptions> monitor, ILogger? logger)
    {
        _registry = registry;
        _logger = logger ?? NullLogger.Instance;
        WarnOfPrices();
        _subscription = monitor.OnChange((options, name) =>
        {
            if (string.IsNullOrEmpty(name))
            {
                Replace(options);
            }
        });
        if (monitor.CurrentValue is var current && !ReferenceEquals(current, registry.Source))
        {
            // They changed after the registry was made and before anybody listened.
            Replace(current);
        }
    }

    public void Dispose() => _subscription?.Dispose();

    private void Replace(ProviderRoutingOptions options)
    {
        try
        {
            _registry.Update(options);
            Log.SettingsReplaced(_logger, _registry.Version);
            WarnOfPrices();
        }
        catch (OptionsValidationException error)
        {
            RefusedSettings.Log(_logger, error);
        }
    }

    private void WarnOfPrices()
    {
        var names = string.Join(", ", _registry.Providers.Where(provider => provider.IsEnabled && !provider.HasPrice).Select(provider => provider.Name));
        if (names.Length > 0 && Interlocked.Exchange(ref _withoutPrice, names) != names)
        {
            Log.WithoutPrice(_logger, names);
        }
    }
}
