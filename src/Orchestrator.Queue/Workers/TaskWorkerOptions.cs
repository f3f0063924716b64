using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Queue.Workers;

/// <summary>How a hosted worker works.</summary>
public sealed class TaskWorkerOptions
{
    /// <summary>The queue it takes tasks from.</summary>
    /// <value><see cref="TaskSubmission.DefaultQueue"/> by default.</value>
    [Required]
    public string Queue { get; set; } = TaskSubmission.DefaultQueue;

    /// <summary>The types of task it takes; each must have a handler.</summary>
    /// <value>Empty by default: all that have a handler.</value>
    public ISet<string> Types { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The only task that it takes, for a process that was started to do one; <see langword="null"/> for any.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? OnlyTaskId { get; set; }

    /// <summary>How many tasks run at once, from 1 to 1000. Never more are leased, but for <see cref="Prefetch"/>.</summary>
    /// <value>1 by default.</value>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 1;

    /// <summary>How many slots the tasks that run at once may take together, from 1 to 1,000,000, see <see cref="TaskSubmission.Slots"/>; beside <see cref="Concurrency"/>.</summary>
    /// <value><see langword="null"/> by default: tasks are only counted.</value>
    [Range(1, 1_000_000)]
    public int? Slots { get; set; }

    /// <summary>
    /// How many tasks are leased beyond <see cref="Concurrency"/>, to be at hand when a handler ends, up to 1000. Other workers cannot take those, so only
    /// for tasks that are over within milliseconds: every type that this worker takes must be named in <see cref="ShortTypes"/>.
    /// </summary>
    /// <value>0 by default: never more than can start.</value>
    [Range(0, 1000)]
    public int Prefetch { get; set; }

    /// <summary>The types of task that are over within milliseconds, see <see cref="Prefetch"/>.</summary>
    /// <value>Empty by default.</value>
    public ISet<string> ShortTypes { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>What this worker is and has, for <see cref="TaskAssignment.Labels"/>.</summary>
    /// <value>Empty by default.</value>
    public IDictionary<string, string> Labels { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// How long a lease holds without a heartbeat, from 1 second to 1 day; a heartbeat is sent every third of it. When none succeeded for nearly that long, handlers
    /// are told to stop before others may take their tasks. Not a limit for the task.
    /// </summary>
    /// <value>60 seconds by default.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often to look for tasks that other processes enqueued or left behind, from 10 ms to 1 hour; up to five times as long while nothing is found and the database tells
    /// of changes. Tasks of this process wake the worker at once, and it knows when the next delayed one is due.
    /// </summary>
    /// <value>1 second by default.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a worker that shuts down lets its handlers go on before it tells them to stop and gives their tasks back, up to 1 day. The host's own shutdown timeout ends it earlier.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
