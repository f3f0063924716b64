using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Providers.Proxy;

/// <summary>One request that a <see cref="RawServer"/> got; what it answers is written byte by byte by the test.</summary>
internal sealed class RawExchange(Socket socket, string head, string begunBody)
{
    private string _body = begunBody;

    public string Head => head;

    public string Line => head[..head.IndexOf('\r', StringComparison.Ordinal)];

    public bool IsClosed { get; private set; }

    public string? Header(string name) => head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();

    public async Task SendAsync(string text, CancellationToken cancellationToken) => await socket.SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    /// <summary>A whole answer with a body of known length.</summary>
    public Task AnswerAsync(string body, CancellationToken cancellationToken, string status = "200 OK", string headers = "Content-Type: application/json\r\n") =>
        SendAsync($"HTTP/1.1 {status}\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}", cancellationToken);

    /// <summary>Reads until the body, as it goes over the wire, ends with that.</summary>
    public async Task<string> ReadBodyUntilAsync(string end, CancellationToken cancellationToken)
    {
        while (!_body.EndsWith(end, StringComparison.Ordinal))
        {
            _body += await ReceiveAsync(cancellationToken) ?? throw new IOException("The proxy closed its connection within a body: " + _body);
        }

        return _body;
    }

    public async Task<string> ReadBodyAsync(CancellationToken cancellationToken)
    {
        var length = int.Parse(Header("Content-Length") ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        while (_body.Length < length)
        {
            _body += await ReceiveAsync(cancellationToken) ?? throw new IOException("The proxy closed its connection within a body.");
        }

        return _body;
    }

    /// <summary>Ends when the proxy closes its connection.</summary>
    public async Task WhenGoneAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReceiveAsync(cancellationToken) is not null)
            {
            }
        }
        catch (SocketException)
        {
            // It was reset: gone as well.
        }
    }

    public void Close()
    {
        IsClosed = true;
        socket.Shutdown(SocketShutdown.Both);
        socket.Close();
    }

    public void Reset()
    {
        IsClosed = true;
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close();
    }

    private async Task<string?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var count = await socket.ReceiveAsync(buffer, cancellationToken);
        return count == 0 ? null : Encoding.Latin1.GetString(buffer, 0, count);
    }
}
