using Orchestrator.Queue;

namespace Orchestrator.Hosting.Tests;

/// <summary>Keeps what is enqueued; an id that is there already is a duplicate.</summary>
internal sealed class FakeQueue : ITaskQueue
{
    public List<TaskSubmission> Submissions { get; } = [];

    public ValueTask<EnqueueResult> EnqueueAsync(TaskSubmission submission, CancellationToken cancellationToken = default)
    {
        var isNew = Submissions.TrueForAll(known => known.Id != submission.Id);
        if (isNew)
        {
            Submissions.Add(submission);
        }

        return ValueTask.FromResult(new EnqueueResult(isNew ? EnqueueStatus.Enqueued : EnqueueStatus.Duplicate, submission.Id!));
    }

    public async ValueTask<ValueList<EnqueueResult>> EnqueueAsync(ValueList<TaskSubmission> submissions, CancellationToken cancellationToken = default)
    {
        var results = new List<EnqueueResult>();
        foreach (var submission in submissions)
        {
            results.Add(await EnqueueAsync(submission, cancellationToken));
        }

        return results.ToValueList();
    }

    public ValueTask<QueuedTask?> WaitAsync(string taskId, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
