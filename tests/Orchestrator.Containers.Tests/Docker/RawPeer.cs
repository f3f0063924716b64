using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Testing;

namespace Orchestrator.Containers.Docker;

/// <summary>What listens on a socket instead of an engine, and says exactly what a test wants.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    public const string Ping = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK";
    private readonly TemporaryDirectory _directory = new();
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Func<string, Task>, CancellationToken, Task<bool>> _answer;
    private readonly Task _loop;
    private readonly List<string> _requests = [];

    /// <param name="answer">Gets the request's first line and a way to write; says whether the connection stays open.</param>
    public RawPeer(Func<string, Func<string, Task>, CancellationToken, Task<bool>> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(_directory.Combine("peer.sock")));
        _listener.Listen();
        _loop = AcceptAsync();
    }

    /// <summary>Answers a ping, and everything else with one text.</summary>
    public RawPeer(string answer, bool staysOpen = false)
        : this(async (request, write, _) =>
        {
            await write(request.Contains("/_ping", StringComparison.Ordinal) ? Ping : answer);
            return staysOpen || request.Contains("/_ping", StringComparison.Ordinal);
        })
    {
    }

    /// <summary>The first lines of all requests so far.</summary>
    public string[] Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public static string Json(string json, string status = "200 OK") =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}";

    public DockerEngine Connect(TimeProvider? time = null, Action<DockerEngineOptions>? configure = null, ILogger? logger = null)
    {
        var options = new DockerEngineOptions { Endpoint = $"unix://{_directory.Combine("peer.sock")}" };
        configure?.Invoke(options);
        return new DockerEngine(options, time ?? TimeProvider.System, logger ?? NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
        _directory.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var isOpen = true;
                while (isOpen && await RequestAsync(socket) is { } request)
                {
                    lock (_requests)
                    {
                        _requests.Add(request);
                    }

                    isOpen = await _answer(request, text => socket.SendAsync(Encoding.Latin1.GetBytes(text), _stop.Token).AsTask(), _stop.Token);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or SocketException)
            {
                // The client left, or the test is over.
            }
        }
    }

    /// <summary>The first line of the next request, read to the end of its body.</summary>
    private async Task<string?> RequestAsync(Socket socket)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, _stop.Token);
            if (length == 0)
            {
                return null;
            }

            text.Append(Encoding.Latin1.GetString(buffer, 0, length));
            var request = text.ToString();
            if (request.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end && request.Length - end - 4 >= BodyLength(request))
            {
                return request.Split("\r\n")[0];
            }
        }
    }

    private static int BodyLength(string request)
    {
        const string Header = "Content-Length: ";
        var line = request.Split("\r\n").FirstOrDefault(one => one.StartsWith(Header, StringComparison.OrdinalIgnoreCase));
        return line is null ? 0 : int.Parse(line[Header.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
