using System.Diagnostics;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The producer's side, over a store.</summary>
internal sealed class TaskQueue(ITaskStore store, TaskQueueOptions options, TaskSignals signals, TaskQueueMetrics metrics, TimeProvider time) : ITaskQueue
{
    public async ValueTask<EnqueueResult> EnqueueAsync(TaskSubmission submission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        if (submission.TraceParent is null && Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace })
        {
            submission = submission with { TraceParent = trace };
        }

        var result = await store.AddAsync(submission, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        if (result.Status == EnqueueStatus.Enqueued)
        {
            metrics.Enqueued(submission.Queue, submission.Type);
            signals.Available(submission.Queue);
        }

        return result;
    }

    public async ValueTask<QueuedTask?> WaitAsync(string taskId, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(taskId);

        // Watched before the look, so that what happens in between is not missed.
        using var signal = signals.WatchTask(taskId);
        while (true)
        {
            var task = await store.GetAsync(taskId, cancellationToken).ConfigureAwait(false);
            if (task is null or { IsFinished: true })
            {
                return task;
            }

            await signal.WaitAsync(options.WaitPollInterval, cancellationToken).ConfigureAwait(false);
        }
    }
}
