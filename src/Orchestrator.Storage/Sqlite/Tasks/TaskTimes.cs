using Orchestrator.Json;
using Orchestrator.Queue;
using Orchestrator.Storage.Windows;

namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>When a task may run, in milliseconds.</summary>
/// <param name="AvailableAt">From when.</param>
/// <param name="ClosesAt">Until when it must have been started or wait for the next opening of its window; <see langword="null"/> without a window.</param>
internal readonly record struct TaskTimes(long AvailableAt, long? ClosesAt)
{
    /// <summary>The first times at or after <paramref name="at"/>.</summary>
    public static TaskTimes From(TaskWindow? window, DateTimeOffset at)
    {
        if (window is null)
        {
            return new TaskTimes(at.ToMilliseconds(), null);
        }

        var (opens, closes) = TaskWindowHours.Next(window, at);
        return new TaskTimes(opens.ToMilliseconds(), closes.ToMilliseconds());
    }

    /// <summary>The first times at or after <paramref name="at"/> in the window of a row.</summary>
    public static TaskTimes From(string? window, DateTimeOffset at) =>
        From(window is null ? null : OrchestratorJson.Read(window, OrchestratorJsonContext.Default.TaskWindow), at);
}
