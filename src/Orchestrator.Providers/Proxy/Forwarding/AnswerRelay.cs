using System.Globalization;
using Orchestrator.Providers.Proxy.Metering;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy.Forwarding;

/// <summary>Passes an answer on while it comes: every piece that is read is sent at once.</summary>
internal sealed class AnswerRelay(ClientWriter writer, KeyScrubber scrubber, MeteredCall call)
{
    private const int ReadSize = 32 * 1024;

    /// <summary>Why an answer is not passed on; <see langword="null"/> when it is.</summary>
    public static Refusal? Check(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return status is (>= 300 and < 400 and not 304) or < 200 ? Refusal.Redirected
            : response.Content.Headers.ContentEncoding.Any(static coding => !string.Equals(coding, "identity", StringComparison.OrdinalIgnoreCase)) ? Refusal.Encoded
            : null;
    }

    /// <param name="response">The answer, of which only the headers were read.</param>
    /// <param name="isHead">Whether it can have no body.</param>
    /// <param name="close">Whether the connection ends with it in any case.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    /// <returns>Whether another answer can follow on the connection.</returns>
    /// <exception cref="IOException">The server or the client broke off.</exception>
    public async ValueTask<bool> RelayAsync(HttpResponseMessage response, bool isHead, bool close, CancellationToken cancellationToken)
    {
        var length = response.Content.Headers.ContentLength;
        var hasBody = !isHead && (int)response.StatusCode is not (204 or 304);
        var isChunked = hasBody && length is null && response.Headers.TransferEncodingChunked == true;

        // An answer that ends with its connection ends with ours too: whether it is whole, only the client can tell.
        var closes = close || (hasBody && length is null && !isChunked);
        await writer.WriteHeadAsync((int)response.StatusCode, Headers(response, length, isChunked, closes), cancellationToken).ConfigureAwait(false);
        if (hasBody)
        {
            var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
            {
                await CopyAsync(content, length, isChunked, cancellationToken).ConfigureAwait(false);
            }
        }

        return !closes;
    }

    private IEnumerable<(string Name, string Value)> Headers(HttpResponseMessage response, long? length, bool isChunked, bool closes)
    {
        foreach (var header in ForwardedHeaders.ToClient(response, scrubber))
        {
            yield return header;
        }

        if (isChunked)
        {
            yield return ("Transfer-Encoding", "chunked");
        }
        else if (length is { } known)
        {
            yield return ("Content-Length", known.ToString(CultureInfo.InvariantCulture));
        }

        yield return ("Connection", closes ? "close" : "keep-alive");
    }

    private async ValueTask CopyAsync(Stream content, long? length, bool isChunked, CancellationToken cancellationToken)
    {
        // Content begins behind the place for a chunk's size; what waits for more is moved there.
        var buffer = new byte[ClientWriter.ChunkPrefix + scrubber.MaxHeld + ReadSize + ClientWriter.ChunkSuffix];
        var held = 0;
        var left = length ?? long.MaxValue;
        while (true)
        {
            var count = await content.ReadAsync(buffer.AsMemory(ClientWriter.ChunkPrefix + held, ReadSize), cancellationToken).ConfigureAwait(false);
            call.Usage.Read(buffer.AsSpan(ClientWriter.ChunkPrefix + held, count));
            left -= count;
            if (count == 0 || left == 0)
            {
                // Before the client has all of it: its next request already sees what this one cost.
                call.Usage.End();
                call.Settle();
            }

            var whole = held + count;
            held = count == 0 ? 0 : scrubber.Scrub(buffer.AsSpan(ClientWriter.ChunkPrefix, whole));
            if (whole - held > 0)
            {
                // A chunk's end overwrites what waits behind it.
                var waiting = buffer.AsSpan(ClientWriter.ChunkPrefix + whole - held, held).ToArray();
                await SendAsync(buffer, whole - held, isChunked, cancellationToken).ConfigureAwait(false);
                waiting.CopyTo(buffer.AsSpan(ClientWriter.ChunkPrefix));
            }

            if (count == 0)
            {
                break;
            }
        }

        if (isChunked)
        {
            await writer.WriteLastChunkAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask SendAsync(byte[] buffer, int length, bool isChunked, CancellationToken cancellationToken) => isChunked
        ? writer.WriteChunkAsync(buffer, length, cancellationToken)
        : writer.WriteAsync(buffer.AsMemory(ClientWriter.ChunkPrefix, length), cancellationToken);
}
