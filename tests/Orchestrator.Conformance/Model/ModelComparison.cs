using Orchestrator.Queue;
using Orchestrator.Storage;

namespace Orchestrator.Conformance.Model;

/// <summary>Compares what an engine shows with the model, and learns which of several equally good ways the engine went.</summary>
internal static class ModelComparison
{
    /// <summary>After workers asked for tasks: those whose time came are available, whose window closed wait for the next.</summary>
    /// <param name="queue">The model.</param>
    /// <param name="rows">What the engine shows after the call.</param>
    /// <param name="leased">What the call gave.</param>
    /// <param name="isBound">Whether the engine had to look at all tasks.</param>
    public static void Promote(ModelQueue queue, IReadOnlyDictionary<string, QueuedTask> rows, ValueList<TaskLease> leased, bool isBound)
    {
        var started = leased.Select(lease => lease.Task.Id).ToHashSet();
        foreach (var task in queue.Tasks.Where(task => task.IsWaiting && task.State != QueuedTaskState.Blocked && task.AvailableAt <= queue.Now))
        {
            var isOpen = ModelWindow.IsOpen(task.Submission.Window, queue.Now);
            var hasRisen = started.Contains(task.Id) || (rows.TryGetValue(task.Id, out var row) && row.State == QueuedTaskState.Available);
            var isOverdue = task.Deadline <= queue.Now;
            if (!isOpen)
            {
                task.OtherStates.AddRange([QueuedTaskState.Scheduled, QueuedTaskState.Available]);
                task.OtherTimes.Add(ModelWindow.Opening(task.Submission.Window, queue.Now));
            }
            else if (task.State != QueuedTaskState.Available && (hasRisen || (isBound && !isOverdue)))
            {
                task.State = QueuedTaskState.Available;
            }
        }
    }

    public static void Compare(ModelQueue queue, IReadOnlyDictionary<string, QueuedTask> rows)
    {
        AllowPuttingOff(queue);
        LearnTimes(queue, rows);
        foreach (var task in queue.Tasks)
        {
            ModelMismatchException.Unless(rows.TryGetValue(task.Id, out var row), $"{task.Id} is lost");
            Learn(task, row!);
            Compare(task, row!);
            task.SettledUntil = task.Submission.Window is { } window && task.State == QueuedTaskState.Available && ModelWindow.IsOpen(window, queue.Now)
                ? ModelWindow.Closing(window, queue.Now)
                : DateTimeOffset.MinValue;
        }

        ModelMismatchException.Unless(rows.Count == queue.Tasks.Count, $"there are {rows.Count} tasks instead of {queue.Tasks.Count}");
    }

    // An engine may put a task off whose window has closed as soon as it sees it, not only when a worker asks: no worker could take it either way.
    private static void AllowPuttingOff(ModelQueue queue)
    {
        foreach (var task in queue.Tasks.Where(task => task.IsWaiting && task.State != QueuedTaskState.Blocked && task.AvailableAt <= queue.Now && !ModelWindow.IsOpen(task.Submission.Window, queue.Now)))
        {
            task.OtherStates.Add(QueuedTaskState.Scheduled);
            task.OtherTimes.Add(ModelWindow.Opening(task.Submission.Window, queue.Now));
        }
    }

    /// <summary>Learns which of the times that are equally good the engine gave to tasks.</summary>
    public static void LearnTimes(ModelQueue queue, IReadOnlyDictionary<string, QueuedTask> rows)
    {
        foreach (var task in queue.Tasks.Where(task => task.OtherTimes.Count > 0))
        {
            if (rows.TryGetValue(task.Id, out var row) && task.OtherTimes.Contains(row.AvailableAt))
            {
                task.AvailableAt = row.AvailableAt;
            }
        }
    }

    private static void Learn(ModelTask task, QueuedTask row)
    {
        if (row.State != task.State && task.OtherStates.Contains(row.State))
        {
            task.State = row.State;
        }

        task.OtherStates.Clear();
        task.OtherTimes.Clear();
    }

    private static void Compare(ModelTask task, QueuedTask row)
    {
        Same(task, "state", task.State, row.State);
        Same(task, "attempt", task.Attempt, row.Attempt);
        Same(task, "crashes", task.Crashes, row.Crashes);
        Same(task, "lease", task.LeaseId, row.LeaseId);
        Same(task, "priority", task.Priority, row.Priority);
        Same(task, "deadline", task.Deadline, row.Deadline);
        Same(task, "maximum of attempts", task.Submission.MaxAttempts, row.MaxAttempts);
        Same(task, "payload", task.Submission.Payload, row.Payload);
        Same(task, "type", task.Submission.Type, row.Type);
        Same(task, "group", task.Group, row.Group);
        Same(task, "slots", task.Slots, row.Slots);
        Same(task, "plan", task.PlanId, row.PlanId);
        Same(task, "key", task.Submission.DeduplicationKey, row.DeduplicationKey);
        Same(task, "checkpoint", task.Checkpoint, row.Checkpoint);
        Same(task, "creation", task.CreatedAt, row.CreatedAt);
        Same(task, "end", task.IsFinished, row.FinishedAt is not null);
        if (task.IsWaiting && task.State != QueuedTaskState.Blocked)
        {
            Same(task, "time", task.AvailableAt, row.AvailableAt);
        }

        if (task.State == QueuedTaskState.Running)
        {
            Same(task, "worker", task.Worker!.WorkerName, row.WorkerName);
            Same(task, "container", task.Worker!.ContainerName, row.ContainerName);
            Same(task, "wish to cancel", task.CancelRequested, row.CancelRequested);
            Same(task, "start", task.StartedAt, row.StartedAt);
        }

        if (task.State == QueuedTaskState.Completed)
        {
            Same(task, "result", task.Result, row.Result);
        }

        if (task.State is QueuedTaskState.Discarded)
        {
            Same(task, "failure", task.FailureCode, row.Failure?.Code);
        }

        if (task.State is QueuedTaskState.Cancelled)
        {
            Same(task, "unmet dependency", task.FailureCode == TaskFailureCodes.DependencyUnmet, row.Failure?.Code == TaskFailureCodes.DependencyUnmet);
        }
    }

    private static void Same<T>(ModelTask task, string what, T expected, T actual) =>
        ModelMismatchException.Unless(EqualityComparer<T>.Default.Equals(expected, actual), $"{task.Id}: {what} is {actual?.ToString() ?? "none"} instead of {expected?.ToString() ?? "none"}");
}
