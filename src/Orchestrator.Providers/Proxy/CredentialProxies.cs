using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers.Containers;
using Orchestrator.Providers.Proxy.Forwarding;
using Orchestrator.Providers.Proxy.Metering;

namespace Orchestrator.Providers.Proxy;

/// <summary>Opens credential proxies: an agent gets a key of its own run and an address on loopback, and the real key never leaves this process but to the model's server.</summary>
/// <remarks>Thread-safe. Every proxy has its own port, key and connections, and shares nothing with others.</remarks>
/// <param name="time">The clock of idle connections.</param>
/// <param name="logger">Where it says what was refused. Keys, headers and bodies are never logged.</param>
internal sealed class CredentialProxies(TimeProvider time, ILogger<CredentialProxies>? logger = null)
{
    private const int Backlog = 1024;

    private readonly ILogger _logger = logger ?? NullLogger<CredentialProxies>.Instance;

    /// <summary>Opens a proxy for one execution; it takes requests when this returns.</summary>
    /// <param name="request">Who may use it, for what, and what it may cost.</param>
    /// <param name="cancellationToken">Not opened when it is cancelled already.</param>
    /// <returns>The proxy, to be disposed when the run ends.</returns>
    /// <exception cref="ArgumentException">The address is not one of a model's server, or the key cannot be sent in a header. The message does not hold the key.</exception>
    /// <exception cref="SocketException">No port or socket could be opened.</exception>
    public ValueTask<CredentialProxy> OpenAsync(CredentialProxyRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();

        var upstream = UpstreamAddress.Of(request.Upstream);
        var keys = new ProxyKeys(request.Protocol, request.Key);
        var listener = request.Door is { } door ? Listen(door) : Listen();
        var session = new ProxySession
        {
            ExecutionId = request.ExecutionId,
            Protocol = request.Protocol,
            Upstream = upstream,
            Keys = keys,
            Scrubber = new KeyScrubber(keys.Real),
            Port = request.Door?.Port ?? ((IPEndPoint)listener.LocalEndPoint!).Port,
            Meter = new UsageMeter(request.BudgetUsd, request.CostOf, cost => _logger.CredentialProxyBudgetSpent(request.ExecutionId, cost, request.BudgetUsd)),
            Client = UpstreamClient.Create(upstream),
            Time = time,
            Logger = _logger,
        };
        return ValueTask.FromResult(new CredentialProxy(session, listener));
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ExclusiveAddressUse = true };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port: 0));
        listener.Listen(Backlog);
        return listener;
    }

    /// <summary>Listens where only the directory's owner, and the socket's, get through.</summary>
    private static Socket Listen(ProxyDoor door)
    {
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(new UnixDomainSocketEndPoint(door.SocketPath));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(door.SocketPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            listener.Listen(Backlog);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }
}
