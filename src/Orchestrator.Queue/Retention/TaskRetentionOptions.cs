using Orchestrator.Storage;

namespace Orchestrator.Queue.Retention;

/// <summary>For how long finished tasks and what belongs to them are kept, and when the rest is deleted.</summary>
public sealed class TaskRetentionOptions
{
    /// <summary>Whether this process deletes what is over while its host runs. Any number of processes may.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool IsEnabled { get; set; } = true;

    /// <summary>For how long what is kept; each time zero or longer.</summary>
    /// <value>Completed and cancelled tasks 7 days, discarded ones 30 days, executions 90 days, decisions and state of the router 30 days, budgets 90 days by default.</value>
    public RetentionPolicy Policy { get; set; } = new();

    /// <summary>
    /// How often to look, from 1 minute to 7 days. Each wait is up to a tenth longer or shorter by chance, so that processes do not look all at once;
    /// the first look comes within a tenth of it after the start.
    /// </summary>
    /// <value>1 hour by default.</value>
    public TimeSpan Interval { get; set; } = TimeSpan.FromHours(1);
}
