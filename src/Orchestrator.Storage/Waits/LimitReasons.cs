using Orchestrator.Queue;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Sqlite.Operations;
using Orchestrator.Storage.Sqlite.Tasks;

namespace Orchestrator.Storage.Waits;

/// <summary>Says which limits of its queue and its group keep a task from running right now.</summary>
internal static class LimitReasons
{
    /// <summary>Adds what there is to say.</summary>
    /// <param name="waits">Where to.</param>
    /// <param name="task">The task that waits.</param>
    /// <param name="queue">Its queue; <see langword="null"/> for one without settings.</param>
    /// <param name="running">What runs of its queue.</param>
    /// <param name="group">Its group; <see langword="null"/> for none, or one that is not known yet.</param>
    /// <param name="now">The time.</param>
    public static void Add(List<TaskWait> waits, QueuedTask task, QueueLimits? queue, List<RunningSlots> running, GroupLimits? group, DateTimeOffset now)
    {
        if (queue is { IsPaused: true })
        {
            waits.Add(new TaskWait(TaskWaitReason.QueuePaused, $"Queue '{task.Queue}' is paused."));
        }

        AddSlots(waits, TaskWaitReason.QueueLimit, $"Queue '{task.Queue}'", queue?.MaxRunning, running, task.Slots);
        if (task.Group is { } name)
        {
            AddSlots(waits, TaskWaitReason.GroupLimit, $"Group '{name}'", group?.MaxRunning ?? queue?.MaxRunningPerGroup, [.. running.Where(other => other.Group == name)], task.Slots);
            AddRate(waits, name, group?.Rate ?? queue?.RatePerGroup, group, now.ToMilliseconds());
        }
    }

    private static void AddSlots(List<TaskWait> waits, TaskWaitReason reason, string whose, long? limit, List<RunningSlots> running, int needed)
    {
        var taken = running.Sum(task => task.Slots);
        if (limit is null || taken + needed <= limit)
        {
            return;
        }

        var tasks = running.Count == 0 ? "" : $" (tasks {TaskNames.Join([.. running.Select(task => task.Id)])})";
        var more = needed == 1 ? "" : $"; the task needs {needed}";
        waits.Add(new TaskWait(reason, $"{whose} runs {taken} of {limit} slots{tasks}{more}."));
    }

    private static void AddRate(List<TaskWait> waits, string name, TokenRate? rate, GroupLimits? group, long now)
    {
        if (rate is null)
        {
            return;
        }

        var left = rate.TokensAt(group?.Tokens, group?.RefilledAt ?? now, now);
        if (left < TokenRate.One)
        {
            waits.Add(new TaskWait(
                TaskWaitReason.GroupRate,
                $"Group '{name}' started as many tasks as it may: {rate.Count} in {TimeSpan.FromMilliseconds(rate.Period)}.",
                SqliteTime.ToTime(now + (long)Math.Ceiling((1 - left) * rate.Period / rate.Count))));
        }
    }
}
