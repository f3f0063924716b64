using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>Who holds which deduplication key.</summary>
internal sealed class ModelKeys
{
    private static readonly QueuedTaskState[] Unfinished =
        [QueuedTaskState.Scheduled, QueuedTaskState.Available, QueuedTaskState.Running, QueuedTaskState.Retryable, QueuedTaskState.Blocked];

    private readonly Dictionary<string, Holder> _holders = [];

    private sealed record Holder(string TaskId, IReadOnlyList<QueuedTaskState> States, DateTimeOffset? ExpiresAt);

    /// <summary>The task that keeps others with this key out; <see langword="null"/> when none does.</summary>
    public string? HolderOf(string? key, ModelQueue queue) =>
        key is not null && _holders.TryGetValue(key, out var holder) && (holder.ExpiresAt > queue.Now || queue.Find(holder.TaskId) is { } task && holder.States.Contains(task.State))
            ? holder.TaskId
            : null;

    public bool MayTakeAgain(ModelTask task, ModelQueue queue) => HolderOf(task.Submission.DeduplicationKey, queue) is not { } holder || holder == task.Id;

    public void Take(ModelTask task, DateTimeOffset now)
    {
        if (task.Submission.DeduplicationKey is { } key)
        {
            var states = task.Submission.DeduplicationStates;
            _holders[key] = new Holder(task.Id, states.Count > 0 ? [.. states] : Unfinished, now + task.Submission.DeduplicationPeriod);
        }
    }

    /// <summary>A task that was retried after another one took its key keeps others out until it ends.</summary>
    public void TakeAgain(ModelTask task)
    {
        if (task.Submission.DeduplicationKey is { } key && (!_holders.TryGetValue(key, out var holder) || holder.TaskId != task.Id))
        {
            _holders[key] = new Holder(task.Id, Unfinished, null);
        }
    }
}
