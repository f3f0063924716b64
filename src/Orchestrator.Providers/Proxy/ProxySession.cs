using Microsoft.Extensions.Logging;
using Orchestrator.Providers.Proxy.Forwarding;
using Orchestrator.Providers.Proxy.Metering;

namespace Orchestrator.Providers.Proxy;

/// <summary>What all connections of one proxy share.</summary>
internal sealed record ProxySession
{
    public required string ExecutionId { get; init; }

    public required ModelProtocol Protocol { get; init; }

    public required UpstreamAddress Upstream { get; init; }

    public required ProxyKeys Keys { get; init; }

    public required KeyScrubber Scrubber { get; init; }

    public required int Port { get; init; }

    public required UsageMeter Meter { get; init; }

    public required HttpMessageInvoker Client { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
