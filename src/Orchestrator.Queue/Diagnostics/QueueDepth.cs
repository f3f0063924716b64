using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Diagnostics;

/// <summary>Shows how many tasks wait and run, by queue, from the counters of the database. Reads them only while somebody listens, at most every few seconds, and never makes the listener wait.</summary>
internal sealed class QueueDepth(IServiceProvider services, TaskQueueMetrics metrics, TimeProvider time, ILogger<QueueDepth> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new(); // guards the fields below
    private readonly CancellationTokenSource _stopping = new();
    private Measurement<long>[] _latest = [];
    private long? _readAt;
    private Task _reading = Task.CompletedTask;

    /// <summary>The reading that is going on, or the last one.</summary>
    internal Task Reading
    {
        get
        {
            lock (_gate)
            {
                return _reading;
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Observe(Observe);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private Measurement<long>[] Observe()
    {
        lock (_gate)
        {
            if (_reading.IsCompleted && !_stopping.IsCancellationRequested && (_readAt is not { } read || time.GetElapsedTime(read) >= Freshness))
            {
                _readAt = time.GetTimestamp();
                _reading = Task.Run(ReadAsync, _stopping.Token);
            }

            return _latest;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            var queues = await services.GetRequiredService<ITaskOperations>().GetQueuesAsync(_stopping.Token).ConfigureAwait(false);
            var latest = queues.SelectMany(Measure).ToArray();
            lock (_gate)
            {
                _latest = latest;
            }
        }
        catch (Exception error) when (!_stopping.IsCancellationRequested)
        {
            Log.DepthUnknown(logger, error);
        }
    }

    private static Measurement<long>[] Measure(QueueStatus queue)
    {
        var statistics = queue.Statistics;
        return
        [
            Of(queue, "scheduled", statistics.Scheduled),
            Of(queue, "available", statistics.Available),
            Of(queue, "running", statistics.Running),
            Of(queue, "retryable", statistics.Retryable),
            Of(queue, "blocked", statistics.Blocked),
        ];
    }

    private static Measurement<long> Of(QueueStatus queue, string state, long count) => new(
        count,
        new KeyValuePair<string, object?>(TaskQueueDiagnostics.QueueTag, queue.Settings.Queue),
        new KeyValuePair<string, object?>(TaskQueueDiagnostics.StateTag, state));
}
