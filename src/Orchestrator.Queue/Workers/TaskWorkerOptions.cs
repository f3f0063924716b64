using System.ComponentModel.DataAnnotations;

namespace Orchestrator.Queue.Workers;

/// <summary>How a hosted worker works.</summary>
public sealed class TaskWorkerOptions
{
    /// <summary>The queue it takes tasks from.</summary>
    /// <value><see cref="TaskSubmission.DefaultQueue"/> by default.</value>
    [Required]
    public string Queue { get; set; } = TaskSubmission.DefaultQueue;

    /// <summary>The only task that it takes, for a process that was started to do one; <see langword="null"/> for any.</summary>
    /// <value><see langword="null"/> by default.</value>
    public string? OnlyTaskId { get; set; }

    /// <summary>How many tasks run at once, from 1 to 1000. Never more are leased.</summary>
    /// <value>1 by default.</value>
    [Range(1, 1000)]
    public int Concurrency { get; set; } = 1;

    /// <summary>How long a lease holds without a heartbeat, from 1 second to 1 day; a heartbeat is sent every third of it. Not a limit for the task.</summary>
    /// <value>60 seconds by default.</value>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How often to look for tasks that other processes enqueued or left behind, from 10 ms to 1 hour; tasks of this process wake the worker at once.</summary>
    /// <value>1 second by default.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);
}
