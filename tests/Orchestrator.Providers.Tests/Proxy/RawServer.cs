using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Orchestrator.Providers.Proxy;

/// <summary>A model's server whose every byte the test writes.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Func<RawExchange, CancellationToken, Task> _answer;
    private readonly Task _accepting;
    private int _connected;
    private bool _isDisposed;

    private RawServer(Func<RawExchange, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start(backlog: 1024);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/v1");

    public Uri Root => new($"http://127.0.0.1:{Port}");

    public int Connections => _connected;

    public ConcurrentQueue<RawExchange> Requests { get; } = [];

    public static RawServer Start(Func<RawExchange, CancellationToken, Task> answer) => new(answer);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                Interlocked.Increment(ref _connected);
                _connections.Add(ServeAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test ended.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        var text = "";
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                int end;
                while ((end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
                {
                    var count = await socket.ReceiveAsync(buffer, _stop.Token);
                    if (count == 0)
                    {
                        return;
                    }

                    text += Encoding.Latin1.GetString(buffer, 0, count);
                }

                var exchange = new RawExchange(socket, text[..end], text[(end + 4)..]);
                text = "";
                Requests.Enqueue(exchange);
                await _answer(exchange, _stop.Token);
                if (exchange.IsClosed)
                {
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or IOException)
        {
            // The proxy went away or the test ended.
        }
    }
}
