using Orchestrator.Queue;

namespace Orchestrator.Conformance.Model;

/// <summary>Reads the feed of a database's events on from where the program before stopped.</summary>
internal sealed class ModelFeed
{
    private const int MaxTries = 500;

    private long _last;

    /// <summary>The events of a program that is over, by task. Transactions that are still open elsewhere may hold up the feed for a moment.</summary>
    public async Task<Dictionary<string, List<TaskEvent>>> ReadAsync(ModelRun run)
    {
        var events = new Dictionary<string, List<TaskEvent>>();
        for (var tries = 0; ; tries++)
        {
            var more = await run.Processes[0].Operations.GetEventsAsync(_last, 10_000, null, run.Cancel);
            foreach (var item in more.Where(item => item.Queue == run.Queue.Name))
            {
                (events.TryGetValue(item.TaskId, out var known) ? known : events[item.TaskId] = []).Add(item);
            }

            _last = more.Count > 0 ? more[^1].Sequence : _last;
            if (tries == MaxTries || run.Queue.Tasks.TrueForAll(task => events.TryGetValue(task.Id, out var chain) && IsWhole(task, chain)))
            {
                return events;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, run.Cancel);
        }
    }

    private static bool IsWhole(ModelTask task, List<TaskEvent> chain) => chain[^1].To == task.State && chain.Count(item => item.To == QueuedTaskState.Running) == task.LeaseId;
}
