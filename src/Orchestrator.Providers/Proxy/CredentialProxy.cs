using System.Globalization;
using System.Net.Sockets;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Proxy;

/// <summary>An open proxy of one execution.</summary>
/// <remarks>Thread-safe. Disposing it breaks off all requests at once, frees the port, and returns when nothing of it runs any more; the usage can be read afterwards.</remarks>
internal sealed class CredentialProxy : IAsyncDisposable
{
    /// <summary>Connections at a time; more wait until one ends, and while there are that many, each ends with its answer. It bounds the memory and the file descriptors that an agent can make us use.</summary>
    internal const int MaxConnections = 512;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(50);

    private readonly ProxySession _session;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _slots = new(MaxConnections);
    private readonly Lock _gate = new(); // Guards _connections.
    private readonly HashSet<Task> _connections = [];
    private readonly Task _accepting;
    private readonly Lazy<Task> _closing;

    internal CredentialProxy(ProxySession session, Socket listener)
    {
        _session = session;
        _listener = listener;
        BaseUrl = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{session.Port}{session.Upstream.Path}");
        session.Logger.CredentialProxyOpened(session.ExecutionId, session.Port, session.Upstream.Host);
        _accepting = AcceptAsync();
        _closing = new Lazy<Task>(CloseAsync);
    }

    /// <summary>What the CLI is given as the model's address, in the form of the real one.</summary>
    public string BaseUrl { get; }

    /// <summary>What the CLI is given as its key. It opens this proxy and nothing else, and is no secret once the run has ended.</summary>
    public SecretValue Key => _session.Keys.Dummy;

    /// <summary>What went through so far.</summary>
    public CredentialProxyUsage Usage => _session.Meter.Snapshot();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(_closing.Value);

    private async Task CloseAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        StopListening();
        Task[] open;
        lock (_gate)
        {
            open = [.. _connections];
        }

        await Task.WhenAll(open).ConfigureAwait(false);
        _session.Client.Dispose();
        _stop.Dispose();
        _slots.Dispose();
        var usage = Usage;
        _session.Logger.CredentialProxyClosed(_session.ExecutionId, usage.Requests, usage.Refused, usage.Tokens.InputTokens, usage.Tokens.OutputTokens);
    }

    private void StopListening()
    {
        try
        {
            // A process that is being started at this moment holds a copy of the socket until its program runs; the port would stay open that long.
            _listener.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Not every system shuts down a socket that only listens.
        }

        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _slots.WaitAsync(_stop.Token).ConfigureAwait(false);
                Serve(await _listener.AcceptAsync(_stop.Token).ConfigureAwait(false));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // The client went away between its call and our answer, or there is no file descriptor left.
                _slots.Release();
                _session.Logger.CredentialProxyNotAccepted(_session.ExecutionId, exception.SocketErrorCode);

                // Lets a want of file descriptors pass, instead of running against it.
                await Task.Delay(AcceptPause, _session.Time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Serve(Socket socket)
    {
        var task = ServeAsync(socket);
        lock (_gate)
        {
            _connections.Add(task);
        }

        _ = task.ContinueWith(
            done =>
            {
                lock (_gate)
                {
                    _connections.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        using (socket)
        {
            await new ProxyConnection(_session, socket, () => _slots.CurrentCount == 0).RunAsync(_stop.Token).ConfigureAwait(false);
        }

        _slots.Release();
    }
}
