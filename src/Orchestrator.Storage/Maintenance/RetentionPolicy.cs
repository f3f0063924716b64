namespace Orchestrator.Storage;

/// <summary>For how long what is over is kept. <see langword="null"/> keeps it for ever; zero deletes it at the next occasion.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Completed tasks, counted from their end, with everything that belongs to them.</summary>
    /// <value>7 days by default.</value>
    public TimeSpan? Completed { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Cancelled tasks, counted from their end, with everything that belongs to them.</summary>
    /// <value>7 days by default.</value>
    public TimeSpan? Cancelled { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Discarded tasks (dead letters), counted from their end, with everything that belongs to them.</summary>
    /// <value>30 days by default.</value>
    public TimeSpan? Discarded { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Executions and assignments of providers, counted from when they were written; those of a task that is not over stay.</summary>
    /// <value>90 days by default.</value>
    public TimeSpan? Executions { get; init; } = TimeSpan.FromDays(90);
}
