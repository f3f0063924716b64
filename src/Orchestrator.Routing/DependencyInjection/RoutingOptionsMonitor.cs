using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Orchestrator.Routing.DependencyInjection;

/// <summary>
/// Keeps the last settings that were right. The framework's own monitor throws away the old settings before it reads the new ones: after a wrong change nobody gets any, and the error
/// goes to whoever made the configuration reload, often nobody.
/// </summary>
/// <remarks>Thread-safe. Wrong settings at start are thrown at whoever asks for them first: the host's start.</remarks>
internal sealed class RoutingOptionsMonitor : IOptionsMonitor<ProviderRoutingOptions>, IDisposable
{
    private readonly IOptionsFactory<ProviderRoutingOptions> _factory;
    private readonly ILogger _logger;
    private readonly List<IDisposable> _registrations = [];
    private ProviderRoutingOptions? _current;
    private Action<ProviderRoutingOptions, string?>? _changed;
    private int _pending;

    public RoutingOptionsMonitor(
        IOptionsFactory<ProviderRoutingOptions> factory,
        IEnumerable<IOptionsChangeTokenSource<ProviderRoutingOptions>> sources,
        ILogger<ProviderRegistry>? logger = null)
    {
        _factory = factory;
        _logger = logger ?? NullLogger<ProviderRegistry>.Instance;
        foreach (var source in sources.Where(source => string.IsNullOrEmpty(source.Name)))
        {
            _registrations.Add(ChangeToken.OnChange(source.GetChangeToken, Reload));
        }
    }

    public ProviderRoutingOptions CurrentValue =>
        Volatile.Read(ref _current) ?? Interlocked.CompareExchange(ref _current, _factory.Create(Options.DefaultName), null) ?? Volatile.Read(ref _current)!;

    /// <summary>There is one router a host: options of another name are read anew each time.</summary>
    public ProviderRoutingOptions Get(string? name) => string.IsNullOrEmpty(name) ? CurrentValue : _factory.Create(name);

    public IDisposable OnChange(Action<ProviderRoutingOptions, string?> listener)
    {
        _changed += listener;
        return new Subscription(this, listener);
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    // One thread at a time reads the settings; a change that comes meanwhile makes it read them once more, so that the newest always wins.
    private void Reload()
    {
        var seen = Interlocked.Increment(ref _pending);
        if (seen > 1)
        {
            return;
        }

        do
        {
            Read();
            seen = Interlocked.Add(ref _pending, -seen);
        }
        while (seen > 0);
    }

    private void Read()
    {
        try
        {
            var options = _factory.Create(Options.DefaultName);
            Volatile.Write(ref _current, options);
            _changed?.Invoke(options, Options.DefaultName);
        }
        catch (OptionsValidationException error)
        {
            RefusedSettings.Log(_logger, error);
        }
        catch (Exception error)
        {
            // The outermost edge of a change: code of the host that configures options broke, and whoever changed a file cannot be told otherwise.
            Diagnostics.Log.SettingsRefused(_logger, error);
        }
    }

    private sealed class Subscription(RoutingOptionsMonitor monitor, Action<ProviderRoutingOptions, string?> listener) : IDisposable
    {
        public void Dispose() => monitor._changed -= listener;
    }
}
