using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Workers;

/// <summary>Gathers what a handler reports, so that a talkative one does not write to the database with every word.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class TaskJournal(LeaseToken lease, ITaskLeases leases, TimeProvider time, ILogger logger)
{
    private const int MaxGathered = 200;

    /// <summary>How many lines are kept while they cannot be stored.</summary>
    private const int MaxKept = 1000;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new(); // guards the fields below
    private List<TaskLogLine> _lines = [];
    private TaskProgress? _progress;
    private long? _storedAt;
    private bool _hasFailed;
    private int _dropped;
    private Task<LeaseStatus> _storing = Task.FromResult(LeaseStatus.Held);

    public bool HasUnstored
    {
        get
        {
            lock (_gate)
            {
                return _progress is not null || _lines.Count > 0;
            }
        }
    }

    /// <summary>Takes it in, and stores when it is time to. That it could not be stored is no reason for a handler to fail.</summary>
    public ValueTask<LeaseStatus> AddAsync(TaskProgress? progress, TaskLogLine? line, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _progress = progress ?? _progress;
            if (line is not null)
            {
                _lines.Add(line with { At = time.GetUtcNow() });
                Cut();
            }

            // After a failure only the clock counts: else every line would be another try.
            if (_storedAt is { } stored && time.GetElapsedTime(stored) < Pace && (_hasFailed || _lines.Count < MaxGathered))
            {
                return ValueTask.FromResult(LeaseStatus.Held);
            }
        }

        return TryFlushAsync(cancellationToken);
    }

    /// <summary>Stores now.</summary>
    /// <exception cref="StorageException">It could not be stored; it is kept for later.</exception>
    public ValueTask<LeaseStatus> FlushAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // One after the other, so that an older progress never replaces a newer one.
            _storing = StoreAsync(_storing, cancellationToken);
            return new ValueTask<LeaseStatus>(_storing);
        }
    }

    private async ValueTask<LeaseStatus> TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.ReportDelayed(logger, error, lease.TaskId);
            return LeaseStatus.Held;
        }
    }

    private async Task<LeaseStatus> StoreAsync(Task before, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding); // Not under the lock.
        var (progress, lines) = Take();
        if (progress is null && lines.Count == 0)
        {
            return LeaseStatus.Held;
        }

        try
        {
            var status = await leases.ReportAsync(lease, progress, lines.ToValueList(), cancellationToken).ConfigureAwait(false);
            Stored();
            return status;
        }
        catch
        {
            PutBack(progress, lines);
            throw;
        }
    }

    private (TaskProgress? Progress, List<TaskLogLine> Lines) Take()
    {
        lock (_gate)
        {
            var taken = (_progress, _lines);
            (_progress, _lines, _storedAt) = (null, [], time.GetTimestamp());
            if (_dropped > 0)
            {
                var text = $"{_dropped} lines before this one are lost: they could not be stored in time.";
                taken._lines.Insert(0, new TaskLogLine { Text = text, Level = TaskLogLevel.Warning, LeaseId = lease.LeaseId, At = time.GetUtcNow() });
                _dropped = 0;
            }

            return taken;
        }
    }

    private void Stored()
    {
        lock (_gate)
        {
            _hasFailed = false;
        }
    }

    private void PutBack(TaskProgress? progress, List<TaskLogLine> lines)
    {
        lock (_gate)
        {
            _hasFailed = true;
            _progress ??= progress;
            lines.AddRange(_lines);
            _lines = lines;
            Cut();
        }
    }

    private void Cut()
    {
        if (_lines.Count > MaxKept)
        {
            _dropped += _lines.Count - MaxKept;
            _lines.RemoveRange(0, _lines.Count - MaxKept);
        }
    }
}
