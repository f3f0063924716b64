using Orchestrator.Queue;

namespace Orchestrator.Storage.PostgreSql.Tasks;

/// <summary>Decides task by task what becomes of a list, while all its keys are locked.</summary>
internal sealed class TaskAdditions(Dictionary<(string Queue, string Key), HeldKey> holders, Dictionary<string, KnownTask> known, bool isPlan, long now)
{
    /// <summary>What is to be inserted, in its order.</summary>
    public List<NewTask> Added { get; } = [];

    /// <summary>Which task of the tables takes over whose values, in this order.</summary>
    public List<(KnownTask Holder, NewTask Task)> Replaced { get; } = [];

    /// <summary>Which task of the list itself takes over whose values, in this order.</summary>
    public List<(KnownTask Holder, NewTask Task)> ReplacedNew { get; } = [];

    public EnqueueResult Add(NewTask task)
    {
        var submission = task.Prepared.Submission;
        if (known.ContainsKey(submission.Id))
        {
            return new EnqueueResult(EnqueueStatus.Duplicate, submission.Id);
        }

        if (submission.DeduplicationKey is { } key)
        {
            var held = holders[(submission.Queue, key)];
            var holder = known.GetValueOrDefault(held.TaskId);
            if (held.IsClosed(holder?.State, now))
            {
                return Meet(task, held, holder);
            }

            Take(task, submission.Id);
        }

        known[submission.Id] = new KnownTask(submission.Id, 0, task.StateAt(now));
        Added.Add(task);
        return new EnqueueResult(EnqueueStatus.Enqueued, submission.Id);
    }

    private EnqueueResult Meet(NewTask task, HeldKey held, KnownTask? holder)
    {
        if (isPlan || task.Prepared.Submission.DeduplicationMode != DeduplicationMode.Replace || holder is not { Waits: true })
        {
            return new EnqueueResult(EnqueueStatus.Duplicate, held.TaskId);
        }

        (holder.Seq == 0 ? ReplacedNew : Replaced).Add((holder, task));
        known[holder.Id] = holder with { State = holder.State == "blocked" ? "blocked" : task.StateAt(now) };
        Take(task, holder.Id);
        return new EnqueueResult(EnqueueStatus.Replaced, holder.Id);
    }

    private void Take(NewTask task, string holder)
    {
        var submission = task.Prepared.Submission;
        var expires = submission.DeduplicationPeriod is { } period ? now + (long)period.TotalMilliseconds : (long?)null;
        holders[(submission.Queue, submission.DeduplicationKey!)] = new HeldKey(holder, task.Prepared.States, expires, IsNew: true);
    }
}
