using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.Reconciling;

/// <summary>Listens to what the engine tells of a pool's instances, for as long as the pool lives: a stream that ends, breaks or falls silent begins anew from where it was.</summary>
internal sealed class EngineWatcher(PoolParts parts, IContainerEngine engine, Action<PoolMessage> tell) : IDisposable
{
    private readonly Lock _gate = new(); // guards the field below
    private CancellationTokenSource? _stream;

    /// <summary>The stream did not tell what a list shows: begin anew.</summary>
    public void Renew()
    {
        CancellationTokenSource? stream;
        lock (_gate)
        {
            (stream, _stream) = (_stream, null);
        }

        try
        {
            stream?.Cancel();
        }
        catch (Exception error) when (error is ObjectDisposedException or AggregateException)
        {
            // It ended by itself at this moment, or what listened to its end broke: a new one begins in either case.
        }
    }

    public async Task RunAsync(ValueMap labels, CancellationToken cancellationToken)
    {
        DateTimeOffset? since = null;
        for (var failures = 0; !cancellationToken.IsCancellationRequested;)
        {
            using var stream = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Keep(stream);
            EngineFailure? failure = null;
            try
            {
                await ListenAsync(
                    labels,
                    since,
                    told =>
                    {
                        (since, failures) = (told.At, 0);
                        tell(new EngineTold(told));
                    },
                    stream.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stream.IsCancellationRequested)
            {
                failures = 0;
            }
            catch (Exception error)
            {
                failure = EngineFailure.From(error);
                Log.WatchBroke(parts.Logger, parts.Name, failure.Value.Code, failure.Value.Message);
            }

            Drop(stream);
            if (!cancellationToken.IsCancellationRequested)
            {
                tell(new WatchBroke(failure));
                await WaitAsync(++failures, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => Renew();

    /// <summary>Hears a stream to its end. One that does not heed its token is left behind.</summary>
    private async Task ListenAsync(ValueMap labels, DateTimeOffset? since, Action<ContainerEvent> hear, CancellationToken cancellationToken)
    {
        var events = engine.WatchAsync(labels, since, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(false);
        try
        {
            while (await (next = events.MoveNextAsync().AsTask()).WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                hear(events.Current);
            }
        }
        finally
        {
            if (next.IsCompleted)
            {
                await events.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task WaitAsync(int failures, CancellationToken cancellationToken)
    {
        // Without the pool's source of randomness, which is its loop's own; there is one stream a pool, and nothing to spread.
        var delay = TimeSpan.FromMilliseconds(250) * (1 << Math.Min(failures - 1, 5));
        await Task.Delay(delay, parts.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Keep(CancellationTokenSource stream)
    {
        lock (_gate)
        {
            _stream = stream;
        }
    }

    private void Drop(CancellationTokenSource stream)
    {
        lock (_gate)
        {
            _stream = _stream == stream ? null : _stream;
        }
    }
}
