using System.Diagnostics;
using Orchestrator.Queue.Diagnostics;
using Orchestrator.Queue.Signals;
using Orchestrator.Storage;

namespace Orchestrator.Queue;

/// <summary>The producer's side, over a store.</summary>
internal sealed class TaskQueue(ITaskStore store, TaskQueueOptions options, TaskSignals signals, TaskQueueMetrics metrics) : ITaskQueue
{
    /// <summary>How many tasks one call may bring.</summary>
    public const int MaxSubmissions = 10_000;

    public async ValueTask<EnqueueResult> EnqueueAsync(TaskSubmission submission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        submission = WithTrace(submission);
        var results = await store.AddAsync([submission], now, cancellationToken).ConfigureAwait(false);
        Added(submission, results[0]);
        return results[0];
    }

    public async ValueTask<ValueList<EnqueueResult>> EnqueueAsync(ValueList<TaskSubmission> submissions, CancellationToken cancellationToken = default)
    {
        Check(submissions);
        if (submissions.Count == 0)
        {
            return [];
        }

        var now = await store.GetTimeAsync(cancellationToken).ConfigureAwait(false);
        submissions = WithTrace(submissions);
        var results = await store.AddAsync(submissions, now, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < results.Count; i++)
        {
            Added(submissions[i], results[i]);
        }

        return results;
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

    internal static void Check(ValueList<TaskSubmission> submissions)
    {
        ArgumentNullException.ThrowIfNull(submissions);
        if (submissions.Count > MaxSubmissions)
        {
            throw new ArgumentException($"At most {MaxSubmissions} tasks can be enqueued at once; these are {submissions.Count}.", nameof(submissions));
        }
    }

    internal static ValueList<TaskSubmission> WithTrace(ValueList<TaskSubmission> submissions) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: not null } ? submissions.Select(WithTrace).ToValueList() : submissions;

    private static TaskSubmission WithTrace(TaskSubmission submission) =>
        submission.TraceParent is null && Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } trace } ? submission with { TraceParent = trace } : submission;

    private void Added(TaskSubmission submission, EnqueueResult result)
    {
        if (result.Status == EnqueueStatus.Enqueued)
        {
            metrics.Enqueued(submission.Queue, submission.Type);
        }

        if (result.Status != EnqueueStatus.Duplicate)
        {
            signals.Available(submission.Queue);
        }
    }
}
