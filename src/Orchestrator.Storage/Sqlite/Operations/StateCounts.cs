using Orchestrator.Json;
using Orchestrator.Queue;

namespace Orchestrator.Storage.Sqlite.Operations;

/// <summary>Adds up how many tasks are in which state.</summary>
internal sealed class StateCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<QueuedTaskState>().Length];

    public void Add(string state, long count) => _counts[(int)EnumNames.Parse<QueuedTaskState>(state)] += count;

    public QueueStatistics ToStatistics() => new()
    {
        Scheduled = Of(QueuedTaskState.Scheduled),
        Available = Of(QueuedTaskState.Available),
        Running = Of(QueuedTaskState.Running),
        Retryable = Of(QueuedTaskState.Retryable),
        Blocked = Of(QueuedTaskState.Blocked),
        Completed = Of(QueuedTaskState.Completed),
        Cancelled = Of(QueuedTaskState.Cancelled),
        Discarded = Of(QueuedTaskState.Discarded),
    };

    private long Of(QueuedTaskState state) => _counts[(int)state];
}
