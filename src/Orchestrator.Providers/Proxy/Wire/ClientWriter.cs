using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Providers.Proxy.Wire;

/// <summary>Writes answers to a client's connection; what is written is sent at once. Not thread-safe.</summary>
internal sealed class ClientWriter(Socket socket)
{
    /// <summary>Bytes that <see cref="WriteChunkAsync"/> needs before the content: the chunk's size.</summary>
    public const int ChunkPrefix = 10;

    /// <summary>Bytes that <see cref="WriteChunkAsync"/> needs behind the content.</summary>
    public const int ChunkSuffix = 2;

    /// <summary>Whether an answer has begun, so that no other can be given instead.</summary>
    public bool HasBegun { get; private set; }

    public void BeginAnswer() => HasBegun = false;

    public ValueTask WriteHeadAsync(int status, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        var text = new StringBuilder(512);
        var reason = Enum.IsDefined((HttpStatusCode)status) ? ((HttpStatusCode)status).ToString() : "Status";
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} {reason}\r\n");
        foreach (var (name, value) in headers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        HasBegun = true;
        return WriteAsync(Encoding.Latin1.GetBytes(text.Append("\r\n").ToString()), cancellationToken);
    }

    public ValueTask WriteContinueAsync(CancellationToken cancellationToken) => WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);

    /// <summary>Writes one chunk in one piece.</summary>
    /// <param name="buffer">The content with <see cref="ChunkPrefix"/> bytes before and <see cref="ChunkSuffix"/> bytes behind it, which are overwritten.</param>
    /// <param name="length">How long the content is, at least 1.</param>
    /// <param name="cancellationToken">Breaks off.</param>
    public ValueTask WriteChunkAsync(Memory<byte> buffer, int length, CancellationToken cancellationToken)
    {
        var size = length.ToString("X8", CultureInfo.InvariantCulture) + "\r\n";
        Encoding.ASCII.GetBytes(size, buffer.Span);
        "\r\n"u8.CopyTo(buffer.Span[(ChunkPrefix + length)..]);
        return WriteAsync(buffer[..(ChunkPrefix + length + ChunkSuffix)], cancellationToken);
    }

    public ValueTask WriteLastChunkAsync(CancellationToken cancellationToken) => WriteAsync("0\r\n\r\n"u8.ToArray(), cancellationToken);

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }
}
