using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Orchestrator.Containers.Diagnostics;

namespace Orchestrator.Containers.History;

/// <summary>Hands history entries over to the store beside the reconcilers' work, in batches. A line that is full drops its oldest entries and counts them.</summary>
internal sealed class HistoryWriter
{
    private const int LineLength = 4096;
    private const int BatchSize = 256;
    private const int Attempts = 100;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly IContainerHistory _history;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<object> _line;
    private List<object> _hand = []; // taken out of the line and not known to be kept
    private long _dropped;

    public HistoryWriter(IContainerHistory history, TimeProvider time, ILogger logger)
    {
        (_history, _time, _logger) = (history, time, logger);
        _line = Channel.CreateBounded<object>(
            new BoundedChannelOptions(LineLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            _ => Interlocked.Increment(ref _dropped));
    }

    public void Add(ContainerTransition transition) => _line.Writer.TryWrite(transition);

    public void Add(ContainerHealthCheck check) => _line.Writer.TryWrite(check);

    /// <summary>Writes until cancelled; <see cref="FlushAsync"/> then writes what is left.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _line.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                _hand = Take();
                await WriteHandAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Writes what is left, the batch at which <see cref="RunAsync"/> was stopped first, without a second try. Not beside <see cref="RunAsync"/>.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        for (var batch = _hand.Count > 0 ? _hand : Take(); batch.Count > 0; batch = Take())
        {
            _hand = [];
            try
            {
                await AppendAsync(batch, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Log.HistoryFailed(_logger, error);
                if (!IsRefused(error))
                {
                    return; // The next would fail too.
                }
            }
        }
    }

    /// <summary>A store that is away is asked again; a batch that it refuses, or that fails for minutes, is given up for those behind it.</summary>
    private async Task WriteHandAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; _hand.Count > 0; attempt++)
        {
            try
            {
                await AppendAsync(_hand, cancellationToken).ConfigureAwait(false);
                _hand = [];
                return;
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                Log.HistoryFailed(_logger, error);
                if (attempt == Attempts || IsRefused(error))
                {
                    Interlocked.Add(ref _dropped, _hand.Count);
                    _hand = [];
                    return;
                }
            }

            await Task.Delay(RetryDelay, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsRefused(Exception error) => error is ArgumentException or OrchestratorException { IsTransient: false };

    private async ValueTask AppendAsync(List<object> batch, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            Log.HistoryDropped(_logger, dropped);
        }

        await _history.AppendAsync([.. batch.OfType<ContainerTransition>()], [.. batch.OfType<ContainerHealthCheck>()], cancellationToken).ConfigureAwait(false);
    }

    private List<object> Take()
    {
        var batch = new List<object>();
        while (batch.Count < BatchSize && _line.Reader.TryRead(out var entry))
        {
            batch.Add(entry);
        }

        return batch;
    }
}
