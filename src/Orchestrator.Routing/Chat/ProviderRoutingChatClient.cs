using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Routing.Chat;

/// <summary>Several chat clients as one: each request goes to the best provider, and to the next when that one fails before its first content.</summary>
/// <remarks>
/// Thread-safe. Frames of a stream that carry no content are held back until the first content, so that a failover is never seen; a stream that breaks after it
/// ends with a <see cref="ChatRoutingException"/> that holds the partial text. The providers form a registry of their own, with the same settings, budgets,
/// breakers and learning as any other. The clients stay the caller's: disposing this disposes none of them.
/// </remarks>
[Experimental("MEAI001", UrlFormat = "https://aka.ms/dotnet-extensions-warnings/{0}")]
public sealed class ProviderRoutingChatClient : RoutingChatClient
{
    private readonly FailoverChatClient _failover;

    /// <summary>Creates the client.</summary>
    /// <param name="providers">The chat clients with what they are and can do.</param>
    /// <param name="routing">Settings of the router; <see langword="null"/> for the defaults.</param>
    /// <param name="options">Time limits and the reading of failures; <see langword="null"/> for the defaults.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="loggers">Where routing is logged; <see langword="null"/> for nowhere.</param>
    /// <param name="services">What is measured, recorded and kept; <see langword="null"/> for nothing.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Two providers have one name, or a setting is wrong; the message names all errors.</exception>
    public ProviderRoutingChatClient(
        IEnumerable<ChatProvider> providers,
        ProviderRoutingOptions? routing = null,
        ChatRoutingOptions? options = null,
        TimeProvider? timeProvider = null,
        ILoggerFactory? loggers = null,
        ChatRoutingServices? services = null)
    {
        ArgumentNullException.ThrowIfNull(providers);
        options ??= new ChatRoutingOptions();
        ChatRoutingOptionsValidator.ThrowIfWrong(options);
        Routing = new ChatRouting(providers, routing ?? new ProviderRoutingOptions(), timeProvider ?? TimeProvider.System, loggers, services ?? new ChatRoutingServices());
        _failover = new FailoverChatClient(Routing, options, timeProvider ?? TimeProvider.System);
    }

    /// <summary>The router over the chat clients: ask it why, tell it what a person thought of an answer.</summary>
    public IProviderRouter Router => Routing.Router;

    /// <summary>What it remembers over restarts, to be loaded before the first request and saved now and then. <c>AddRoutedChatClient</c> has the host do that.</summary>
    public IRoutingState State => Routing.State;

    internal ChatRouting Routing { get; }

    /// <inheritdoc/>
    public override object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is null && serviceType == typeof(IProviderRouter) ? Router : base.GetService(serviceType, serviceKey);
    }

    /// <inheritdoc/>
    protected override ValueTask<IChatClient> SelectClientAsync(RoutingContext context, CancellationToken cancellationToken) => ValueTask.FromResult<IChatClient>(_failover);
}
