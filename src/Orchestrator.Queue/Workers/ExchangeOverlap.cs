using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;

namespace Orchestrator.Queue.Workers;

/// <summary>
/// A second exchange beside one that is on its way, once enough has ended meanwhile: the database works on one batch while another is committed, sent or read.
/// Only for databases that do so side by side.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ExchangeOverlap(TaskWorkerOptions options, HeldTasks held, Func<ValueTask> exchange, Action done, ILogger<TaskWorker> logger)
{
    private const int LeastBatch = 32;
    private const int Share = 4;

    private readonly int _least = Math.Max(LeastBatch, (options.Concurrency + options.Prefetch) / Share);
    private readonly Lock _gate = new(); // guards _running and _isStopped
    private Task _running = Task.CompletedTask;
    private bool _isStopped;
    private volatile bool _isOpen;

    /// <summary>The first exchange is on its way.</summary>
    public void Begin()
    {
        _isOpen = true;
        Offer();
    }

    /// <summary>The first exchange is over.</summary>
    public void End() => _isOpen = false;

    /// <summary>Begins the second exchange when it is worth it.</summary>
    public void Offer()
    {
        if (!_isOpen || held.Ended < _least)
        {
            return;
        }

        lock (_gate)
        {
            if (!_isStopped && _running.IsCompleted)
            {
                _running = Task.Run(RunAsync);
            }
        }
    }

    /// <summary>Begins none any more.</summary>
    /// <returns>When the last one is over; what it leased is held.</returns>
    public Task StopAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
            return _running;
        }
    }

    private async Task RunAsync()
    {
        try
        {
            do
            {
                await exchange().ConfigureAwait(false);
            }
            while (_isOpen && held.Ended >= _least);
        }
        catch (Exception error)
        {
            // Outermost edge. The first exchange takes what could not be stored, and says what is wrong when it stays so; none is begun beside it.
            _isOpen = false;
            Log.OutcomesDelayed(logger, error, held.Ended, options.Queue);
        }

        done();
    }
}
