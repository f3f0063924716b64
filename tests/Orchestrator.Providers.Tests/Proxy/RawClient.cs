using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Providers.Proxy;

/// <summary>A client whose every byte the test writes.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private string _pending = "";

    public static async Task<RawClient> ConnectAsync(string baseUrl, CancellationToken cancellationToken)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(IPAddress.Loopback, new Uri(baseUrl).Port, cancellationToken);
        return client;
    }

    public async Task SendAsync(string text, CancellationToken cancellationToken)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await _socket.SendAsync(bytes.AsMemory(sent), cancellationToken);
        }
    }

    /// <summary>Reads up to and with that text.</summary>
    public async Task<string> ReadUntilAsync(string end, CancellationToken cancellationToken)
    {
        int at;
        while ((at = _pending.IndexOf(end, StringComparison.Ordinal)) < 0)
        {
            _pending += await ReceiveAsync(cancellationToken) ?? throw new IOException("The proxy closed the connection after: " + _pending);
        }

        var text = _pending[..(at + end.Length)];
        _pending = _pending[text.Length..];
        return text;
    }

    /// <summary>Reads an answer whose length is in its head.</summary>
    public async Task<string> ReadAnswerAsync(CancellationToken cancellationToken)
    {
        var head = await ReadUntilAsync("\r\n\r\n", cancellationToken);
        var line = head.Split("\r\n").Single(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        var length = int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        while (_pending.Length < length)
        {
            _pending += await ReceiveAsync(cancellationToken) ?? throw new IOException("The answer is cut.");
        }

        var body = _pending[..length];
        _pending = _pending[length..];
        return head + body;
    }

    /// <summary>Reads until the proxy closes the connection.</summary>
    public async Task<(string Text, bool WasReset)> ReadToEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReceiveAsync(cancellationToken) is { } text)
            {
                _pending += text;
            }

            return (_pending, false);
        }
        catch (SocketException)
        {
            return (_pending, true);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var count = await _socket.ReceiveAsync(buffer, cancellationToken);
        return count == 0 ? null : Encoding.Latin1.GetString(buffer, 0, count);
    }
}
