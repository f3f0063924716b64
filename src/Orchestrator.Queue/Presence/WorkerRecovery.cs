using Microsoft.Extensions.Logging;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue.Presence;

/// <summary>Takes back what dead workers left, ends what is overdue. Hosted workers do so at their start and at every poll; a host may earlier.</summary>
/// <remarks>Thread-safe; safe when many processes do so at once: each dead worker and each task is reported by one of them only.</remarks>
public sealed class WorkerRecovery
{
    private readonly ITaskStore _store;
    private readonly WorkerPresence _presence;
    private readonly TaskSignals _signals;
    private readonly ILogger<WorkerRecovery> _logger;

    internal WorkerRecovery(ITaskStore store, WorkerPresence presence, TaskSignals signals, ILogger<WorkerRecovery> logger)
    {
        _store = store;
        _presence = presence;
        _signals = signals;
        _logger = logger;
    }

    /// <summary>Opens the database, shows this worker's presence, and cleans up after others.</summary>
    /// <param name="cancellationToken">Gives up; what was done stays done.</param>
    /// <returns>What was found.</returns>
    /// <exception cref="OrchestratorException">The database or the presence directory cannot be used.</exception>
    public async ValueTask<WorkerRecoveryResult> RunAsync(CancellationToken cancellationToken = default)
    {
        await _store.InitializeAsync(cancellationToken).ConfigureAwait(false);
        _presence.Acquire();
        var now = await _store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        var (workers, reclaimed) = (new List<string>(), new List<string>());
        foreach (var dead in _presence.FindDead())
        {
            using (dead)
            {
                var tasks = await _store.ReclaimAsync(dead.Id, now, cancellationToken).ConfigureAwait(false);
                dead.Forget();
                workers.Add(dead.Id);
                reclaimed.AddRange(tasks);
                Log.WorkerFoundDead(_logger, dead.Id, tasks.Count);
            }
        }

        var expired = await _store.ReclaimExpiredAsync(now, cancellationToken).ConfigureAwait(false);
        reclaimed.AddRange(expired);
        var overdue = await _store.DiscardOverdueAsync(now, cancellationToken).ConfigureAwait(false);
        foreach (var task in reclaimed)
        {
            Log.TaskReclaimed(_logger, task);
            _signals.Changed(task);
        }

        foreach (var task in overdue)
        {
            Log.DeadlinePassed(_logger, task);
            _signals.Changed(task);
        }

        if (reclaimed.Count > 0)
        {
            _signals.AvailableEverywhere();
        }

        return new WorkerRecoveryResult { DeadWorkers = workers.ToValueList(), ReclaimedTasks = reclaimed.ToValueList(), OverdueTasks = overdue };
    }
}
