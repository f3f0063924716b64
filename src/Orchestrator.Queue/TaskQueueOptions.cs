using System.ComponentModel.DataAnnotations;
using Orchestrator.Queue.Retry;

namespace Orchestrator.Queue;

/// <summary>What the queue and every worker in this process share.</summary>
public sealed class TaskQueueOptions
{
    /// <summary>How often <see cref="ITaskQueue.WaitAsync"/> looks for what other processes did, from 1 ms to 1 hour; what this process did wakes it at once.</summary>
    /// <value>200 milliseconds by default.</value>
    public TimeSpan WaitPollInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>When failed attempts are tried again.</summary>
    public TaskRetryOptions Retry { get; } = new();

    /// <summary>
    /// Whether the workers of this process listen for what other processes enqueue or cancel, where the database can tell: they then hear of it within
    /// milliseconds. Without it they find out by polling.
    /// </summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Listen { get; set; } = true;

    /// <summary>This process' name for people, up to 200 characters.</summary>
    /// <value>The machine's name by default.</value>
    [Required]
    [StringLength(200)]
    public string WorkerName { get; set; } = Environment.MachineName;

    /// <summary>The container that this process runs in, up to 200 characters.</summary>
    /// <value><c>local</c> by default.</value>
    [Required]
    [StringLength(200)]
    public string ContainerName { get; set; } = "local";

    /// <summary>
    /// A local directory in which each process that works on this database holds a locked file. A process that was killed is then found at once, and
    /// its tasks are taken back without waiting for their leases to end. One directory a database.
    /// </summary>
    /// <value><see langword="null"/> by default: wait for the leases.</value>
    public string? PresenceDirectory { get; set; }
}
