using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Orchestrator.Containers.Docker;

/// <summary>Opens connections to an engine: a unix socket, or TCP with certificates on both sides.</summary>
internal sealed class DockerConnector : IDisposable
{
    private const int KeepAliveSeconds = 30;
    private const int KeepAliveRepeatSeconds = 5;
    private const int KeepAliveRepeats = 5;
    private readonly DockerEndpoint _endpoint;
    private readonly X509Certificate2? _client;
    private readonly X509Certificate2Collection _authorities = [];

    public DockerConnector(DockerEndpoint endpoint)
    {
        _endpoint = endpoint;
        if (endpoint.CertificateDirectory is { } directory)
        {
            _client = X509Certificate2.CreateFromPemFile(Path.Combine(directory, "cert.pem"), Path.Combine(directory, "key.pem"));
            _authorities.ImportFromPemFile(Path.Combine(directory, "ca.pem"));
        }
    }

    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        EndPoint target = _endpoint.SocketPath is { } path ? new UnixDomainSocketEndPoint(path) : new DnsEndPoint(_endpoint.Host, _endpoint.Port);
        var socket = _endpoint.SocketPath is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (_endpoint.SocketPath is null)
            {
                KeepAlive(socket);
            }

            await socket.ConnectAsync(target, cancellationToken).ConfigureAwait(false);
            if (_client is null)
            {
                return new NetworkStream(socket, ownsSocket: true);
            }

            return await SecureAsync(new NetworkStream(socket, ownsSocket: true), _client, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says that nothing more is sent; the other side goes on.</summary>
    /// <param name="connection">A stream that <see cref="ConnectAsync"/> returned.</param>
    /// <returns>When it is said.</returns>
    public static async Task EndInputAsync(Stream connection)
    {
        switch (connection)
        {
            case SslStream tls:
                await tls.ShutdownAsync().ConfigureAwait(false);
                break;
            case NetworkStream plain:
                plain.Socket.Shutdown(SocketShutdown.Send);
                break;
        }
    }

    /// <summary>A peer that dies without a word is noticed within a minute.</summary>
    internal static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveRepeatSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveRepeats);
    }

    public void Dispose()
    {
        _client?.Dispose();
        foreach (var authority in _authorities)
        {
            authority.Dispose();
        }
    }

    private async Task<SslStream> SecureAsync(NetworkStream plain, X509Certificate2 client, CancellationToken cancellationToken)
    {
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.AddRange(_authorities);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = _endpoint.Host.Trim('[', ']'), ClientCertificates = [client], CertificateChainPolicy = trust },
                cancellationToken).ConfigureAwait(false);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
