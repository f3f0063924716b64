using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>What the database wrote down by itself: events are chains without a gap, and every lease has its entry.</summary>
internal static class ModelBooks
{
    public static async Task CheckAsync(ModelRun run, ModelFeed feed)
    {
        var events = await feed.ReadAsync(run);
        foreach (var task in run.Queue.Tasks)
        {
            CheckEvents(task, events.GetValueOrDefault(task.Id, []));
            ModelMismatchException.Unless(task.Attempts.Count == task.LeaseId, $"the model lost an attempt of {task.Id}");
            if (task.LeaseId > 0)
            {
                await CheckAttemptsAsync(run, task);
            }
        }

        var strangers = events.Keys.Except(run.Queue.Tasks.Select(task => task.Id)).ToList();
        ModelMismatchException.Unless(strangers.Count == 0, $"there are events of tasks that were deleted: {string.Join(", ", strangers)}");
    }

    private static void CheckEvents(ModelTask task, List<TaskEvent> events)
    {
        QueuedTaskState? state = null;
        var at = DateTimeOffset.MinValue;
        var lease = 0L;
        foreach (var item in events)
        {
            ModelMismatchException.Unless(
                item.From == state && item.At >= at && item.LeaseId == (item.To == QueuedTaskState.Running ? lease + 1 : lease),
                $"{task.Id}: after {state} with lease {lease} at {at:O} comes {item}");
            (state, at, lease) = (item.To, item.At, item.LeaseId);
        }

        ModelMismatchException.Unless(state == task.State && lease == task.LeaseId, $"the events of {task.Id} end with {state} and lease {lease} instead of {task.State} and {task.LeaseId}");
        ModelMismatchException.Unless(events.Count(item => item.To == QueuedTaskState.Completed) <= 1, $"{task.Id} was completed twice");
    }

    private static async Task CheckAttemptsAsync(ModelRun run, ModelTask task)
    {
        var attempts = await run.Processes[1].Operations.GetAttemptsAsync(task.Id, run.Cancel);
        var actual = attempts.Select(attempt => (attempt.LeaseId, attempt.WorkerId ?? "", attempt.Outcome)).ToList();
        ModelMismatchException.Unless(
            actual.SequenceEqual(task.Attempts), $"the attempts of {task.Id} are [{string.Join(", ", actual)}] instead of [{string.Join(", ", task.Attempts)}]");
    }
}
