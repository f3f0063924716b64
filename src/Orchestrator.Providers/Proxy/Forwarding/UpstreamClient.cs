using System.Text;

namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>Makes the connection pool of one proxy to the model's server.</summary>
internal static class UpstreamClient
{
    private const int MaxConnections = 256;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    public static HttpMessageInvoker Create(UpstreamAddress upstream) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // The key goes to the configured address and nowhere else.
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        UseCookies = false,
        Credentials = null,
        PreAuthenticate = false,
        UseProxy = !upstream.IsLoopback, // The system's proxy, with what its own address says and no credentials of ours.
        DefaultProxyCredentials = null,
        ActivityHeadersPropagator = null, // No trace of ours goes out.
        ConnectTimeout = ConnectTimeout,
        ResponseDrainTimeout = TimeSpan.Zero, // An answer that nobody reads is broken off: it may cost money.
        MaxConnectionsPerServer = MaxConnections,
        MaxResponseHeadersLength = 64,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });
}
