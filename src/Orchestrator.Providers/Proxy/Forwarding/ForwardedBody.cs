using System.Net;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>Sends a request's body on while it comes.</summary>
internal sealed class ForwardedBody(RequestBody body) : HttpContent
{
    private const int BufferSize = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(BufferSize, body.Length ?? BufferSize)];
        for (int count; (count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length ?? 0;
        return body.Length is not null;
    }
}
