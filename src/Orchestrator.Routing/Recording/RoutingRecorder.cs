using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Recording;
using Orchestrator.Routing.Selection;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Writes decisions and outcomes to a log in the background, with everything that is needed to replay them.</summary>
/// <remarks>
/// Thread-safe. A decision waits for nothing: what finds no room is dropped and counted. Records are written in the order of the decisions, in batches; what is left
/// is written when the recorder is disposed.
/// </remarks>
public sealed class RoutingRecorder : IRoutingObserver, IAsyncDisposable, IDisposable
{
    /// <summary>How many decisions and outcomes may wait to be written, without another word.</summary>
    public const int DefaultCapacity = 4096;

    private const int BatchSize = 256;

    private readonly Channel<PendingRecord> _waiting;
    private readonly ConcurrentQueue<PendingRecord> _free = new();
    private readonly RecordWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RecorderMetrics? _metrics;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _writing;
    private long _dropped;
    private int _isDisposed;

    /// <summary>Creates a recorder and starts its work.</summary>
    /// <param name="log">Where to.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where trouble is logged; <see langword="null"/> for nowhere.</param>
    /// <param name="meterFactory">Makes the meter; <see langword="null"/> measures nothing.</param>
    /// <param name="options">Names and size; <see langword="null"/> for the defaults.</param>
    public RoutingRecorder(
        IRoutingDecisionLog log,
        TimeProvider? timeProvider = null,
        ILogger<RoutingRecorder>? logger = null,
        IMeterFactory? meterFactory = null,
        RoutingRecorderConfig? options = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        options ??= new RoutingRecorderConfig();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options));
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RoutingRecorder>.Instance;
        _metrics = meterFactory is null ? null : new RecorderMetrics(meterFactory);
        _writer = new RecordWriter(log, options);
        _waiting = Channel.CreateBounded<PendingRecord>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
        _writing = Task.Run(WriteAllAsync);
    }

    /// <summary>How many decisions and outcomes were lost: no room, or the log failed again and again.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    void IRoutingObserver.Decided(in RoutingDecision decision, AgentTask task, RoutingConstraints? constraints, in RoutingFrame frame, bool isShadow)
    {
        if (!frame.Snapshot.Config.Options.RecordDecisions)
        {
            return;
        }

        var record = Take();
        record.Set(decision, task, constraints, frame, isShadow);
        Send(record);
    }

    /// <inheritdoc/>
    void IRoutingObserver.Reported(in ExecutionOutcome outcome)
    {
        if (outcome.DecisionId == Guid.Empty)
        {
            return;
        }

        var record = Take();
        record.Set(new RecordedOutcome(outcome, _time.GetUtcNow()));
        Send(record);
    }

    /// <summary>Waits until everything that was recorded before the call is written, or given up.</summary>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <returns>When it is so; at once after the recorder was disposed.</returns>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _waiting.Writer.WriteAsync(new PendingRecord { Waiter = waiter }, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what waits, without waiting for a log that fails, and stops.</summary>
    /// <returns>When it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _waiting.Writer.TryComplete();
            await _closing.CancelAsync().ConfigureAwait(false);
        }

        await _writing.ConfigureAwait(false);
    }

    /// <summary>Stops without waiting: what waits is still written, unless the process ends first. Prefer <see cref="DisposeAsync"/>.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _waiting.Writer.TryComplete();
            _closing.Cancel();
        }
    }

    private PendingRecord Take() => _free.TryDequeue(out var record) ? record : new PendingRecord();

    private void Return(PendingRecord record)
    {
        record.Clear();
        _free.Enqueue(record);
    }

    private void Send(PendingRecord record)
    {
        if (!_waiting.Writer.TryWrite(record))
        {
            Return(record);
            Drop(1, "full");
        }
    }

    private void Drop(int count, string reason)
    {
        var before = Interlocked.Add(ref _dropped, count) - count;
        _metrics?.Dropped(count, reason);
        if (before == 0)
        {
            Log.RecordsDropped(_logger, count, reason);
        }
    }

    private async Task WriteAllAsync()
    {
        var batch = new List<PendingRecord>(BatchSize);
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (batch.Count < BatchSize && _waiting.Reader.TryRead(out var record))
            {
                batch.Add(record);
            }

            await WriteAsync(batch).ConfigureAwait(false);
            foreach (var record in batch)
            {
                if (record.Waiter is { } waiter)
                {
                    waiter.TrySetResult();
                }
                else
                {
                    Return(record);
                }
            }

            batch.Clear();
        }
    }

    private async Task WriteAsync(List<PendingRecord> batch)
    {
        var count = batch.Count(record => record.Waiter is null);
        for (var attempt = 1; count > 0; attempt++)
        {
            try
            {
                await _writer.WriteAsync(batch, _time.GetUtcNow()).ConfigureAwait(false);
                _metrics?.Written(count);
                return;
            }
#pragma warning disable CA1031 // The outermost edge of a background loop: a log that fails costs records, never the host.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (attempt == RecordWriter.MaxAttempts || _closing.IsCancellationRequested)
                {
                    Log.RecordsLost(_logger, error, count);
                    Drop(count, "failed");
                    return;
                }

                Log.RecordingRetried(_logger, error, count);
            }

            // Ends early when the recorder closes: then there is one last attempt.
            await Task.Delay(RecordWriter.RetryDelay, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
