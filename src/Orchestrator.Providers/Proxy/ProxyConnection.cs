using System.Net.Sockets;
using Orchestrator.Providers.Proxy.Forwarding;
using Orchestrator.Providers.Proxy.Metering;
using Orchestrator.Providers.Proxy.Wire;

namespace Orchestrator.Providers.Proxy;

/// <summary>One connection of a client: its requests, one after the other.</summary>
internal sealed class ProxyConnection
{
    private static readonly TimeSpan LingerTime = TimeSpan.FromSeconds(2);

    private readonly ProxySession _session;
    private readonly Socket _socket;
    private readonly Func<bool> _isCrowded;
    private readonly ClientReader _reader;
    private readonly ClientWriter _writer;

    /// <param name="session">The proxy's.</param>
    /// <param name="socket">The connection; it is not disposed.</param>
    /// <param name="isCrowded">Whether others wait for room, so that no connection should be kept for later requests.</param>
    public ProxyConnection(ProxySession session, Socket socket, Func<bool> isCrowded)
    {
        _session = session;
        _socket = socket;
        _isCrowded = isCrowded;
        _reader = new ClientReader(socket, session.Time);
        _writer = new ClientWriter(socket);
    }

    /// <summary>Serves the connection until it ends. Throws nothing.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            if (_socket.AddressFamily != AddressFamily.Unix)
            {
                _socket.NoDelay = true;
            }

            while (await ServeAsync(stop).ConfigureAwait(false))
            {
            }
        }
        catch (HttpIOException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            // The server closed its connection within an answer of known length; ours is closed in the same place.
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One of the two ends went away, was idle for too long, or the run ended.
            BreakOff();
        }
        catch (Exception exception)
        {
            // The type alone: a message could hold something of the request.
            BreakOff();
            _session.Logger.CredentialProxyFaulted(_session.ExecutionId, exception.GetType().Name);
        }
    }

    /// <summary>Serves one request.</summary>
    /// <returns>Whether another one may follow.</returns>
    private async Task<bool> ServeAsync(CancellationToken stop)
    {
        _writer.BeginAnswer();
        var isHead = false;
        try
        {
            if (await ReadHeadAsync(stop).ConfigureAwait(false) is not { } head)
            {
                return false;
            }

            isHead = head.Method == "HEAD";
            return await ServeAsync(head, isHead, stop).ConfigureAwait(false);
        }
        catch (RefusedException exception) when (!_writer.HasBegun)
        {
            await RefuseAsync(exception.Refusal, isHead, close: true, stop).ConfigureAwait(false);
            return false;
        }
    }

    private async Task<RequestHead?> ReadHeadAsync(CancellationToken stop)
    {
        using var idle = new CancellationTokenSource(ClientReader.IdleTime, _session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, stop);
        return await _reader.ReadHeadAsync(either.Token).ConfigureAwait(false);
    }

    private async Task<bool> ServeAsync(RequestHead head, bool isHead, CancellationToken stop)
    {
        var body = new RequestBody(head, _reader);
        var gate = RequestGate.Check(_session, head);
        if (gate.Refusal is { } refusal)
        {
            // Whoever waits for permission to send a body gets none, and of whoever showed no key none is read; otherwise it is, so that the client gets to see the answer.
            var close = refusal.MustClose || IsLast(head) || head.ExpectsContinue || (gate.Key == KeyPlace.None && !body.IsRead);
            if (!close)
            {
                await body.SkipAsync(stop).ConfigureAwait(false);
            }

            await RefuseAsync(refusal, isHead, close, stop).ConfigureAwait(false);
            return !close;
        }

        if (head.ExpectsContinue)
        {
            await _writer.WriteContinueAsync(stop).ConfigureAwait(false);
        }

        return await ForwardAsync(head, gate, body, stop).ConfigureAwait(false);
    }

    private async Task<bool> ForwardAsync(RequestHead head, RequestGate gate, RequestBody body, CancellationToken stop)
    {
        using var call = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var watching = WatchAsync(body, call);
        try
        {
            if (!await _session.Meter.TryEnterAsync(call.Token).ConfigureAwait(false))
            {
                return await RefuseUnsentAsync(Refusal.BudgetSpent(_session.Meter.BudgetUsd), head, body, call, stop).ConfigureAwait(false);
            }

            var metered = new MeteredCall(_session.Meter, new AnswerUsage(_session.Protocol), body, gate.Generates);
            try
            {
                return await CallAsync(head, gate, body, metered, call, stop).ConfigureAwait(false);
            }
            finally
            {
                metered.Settle();
            }
        }
        finally
        {
            await call.CancelAsync().ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    private async Task<bool> CallAsync(RequestHead head, RequestGate gate, RequestBody body, MeteredCall metered, CancellationTokenSource call, CancellationToken stop)
    {
        var cancellationToken = call.Token;
        using var message = ForwardedRequest.Create(_session, head, gate.Target!, gate.Key, body);
        HttpResponseMessage response;
        try
        {
            response = await _session.Client.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // What the client did wrong while it sent its body is its own fault, not the server's.
            for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
            {
                if (cause is RefusedException refused)
                {
                    throw refused;
                }
            }

            // A cancellation that is not ours is the handler's, which waited too long for a connection.
            var error = (exception as HttpRequestException)?.HttpRequestError ?? HttpRequestError.ConnectionError;
            _session.Logger.CredentialProxyUpstreamFailed(_session.ExecutionId, error);
            metered.Settle(); // As far as the request was sent: what is read of it below, nobody gets.
            return await RefuseUnsentAsync(Refusal.Unreachable(error), head, body, call, stop).ConfigureAwait(false);
        }

        using (response)
        {
            metered.Begin(response, _session.Time.GetUtcNow());
            if (AnswerRelay.Check(response) is { } refusal)
            {
                return await RefuseUnsentAsync(refusal, head, body, call, stop).ConfigureAwait(false);
            }

            var relay = new AnswerRelay(_writer, _session.Scrubber, metered);
            var goesOn = await relay.RelayAsync(response, head.Method == "HEAD", IsLast(head) || !body.IsRead, cancellationToken).ConfigureAwait(false);
            if (!body.IsRead)
            {
                await LingerAsync(cancellationToken).ConfigureAwait(false);
            }

            return goesOn;
        }
    }

    /// <summary>Cancels a call whose client goes away: nobody would read its answer.</summary>
    private async Task WatchAsync(RequestBody body, CancellationTokenSource call)
    {
        try
        {
            await body.WhenRead.WaitAsync(call.Token).ConfigureAwait(false);
            if (!_reader.HasMore && await _socket.ReceiveAsync(new byte[1], SocketFlags.Peek, call.Token).ConfigureAwait(false) == 0)
            {
                await call.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The call ended first.
        }
        catch (SocketException)
        {
            await call.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Refuses a request of which nothing, or not all, was sent on.</summary>
    private async Task<bool> RefuseUnsentAsync(Refusal refusal, RequestHead head, RequestBody body, CancellationTokenSource call, CancellationToken stop)
    {
        // Of a body that was begun the client would send the rest in vain; and what sends it on may still read it, so that it is nobody else's to read.
        var isBegun = body.HasBegun && !body.IsRead;
        if (isBegun)
        {
            await call.CancelAsync().ConfigureAwait(false);
        }
        else
        {
            await body.SkipAsync(stop).ConfigureAwait(false);
        }

        var close = isBegun || IsLast(head);
        await RefuseAsync(refusal, head.Method == "HEAD", close, stop).ConfigureAwait(false);
        return !close;
    }

    private bool IsLast(RequestHead head) => head.WantsClose || (_isCrowded() && !_reader.HasMore);

    private async Task RefuseAsync(Refusal refusal, bool isHead, bool close, CancellationToken cancellationToken)
    {
        _session.Meter.Refuse();
        _session.Logger.CredentialProxyRefused(_session.ExecutionId, refusal.Status, refusal.Message);
        await RefusalWriter.WriteAsync(_writer, _session.Protocol, refusal, isHead, close, cancellationToken).ConfigureAwait(false);
        if (close)
        {
            await LingerAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads for a while what the client still sends: closing at once would take back the answer that it has not read yet.</summary>
    private async Task LingerAsync(CancellationToken stop)
    {
        _socket.Shutdown(SocketShutdown.Send);
        using var enough = new CancellationTokenSource(LingerTime, _session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, stop);
        var buffer = new byte[16 * 1024];
        while (await _socket.ReceiveAsync(buffer, SocketFlags.None, either.Token).ConfigureAwait(false) > 0)
        {
        }
    }

    /// <summary>Ends the connection so that no client can take what it got so far for a whole answer.</summary>
    private void BreakOff()
    {
        try
        {
            _socket.LingerState = new LingerOption(_writer.HasBegun, seconds: 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed already.
        }
    }
}
