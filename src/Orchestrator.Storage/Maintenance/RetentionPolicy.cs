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

    /// <summary>
    /// Decisions of the router with their outcomes, counted from when they were made; those of a task that is not over stay. Configurations go with the last decision
    /// that was made by them, but for the ten that were used last.
    /// </summary>
    /// <value>30 days by default.</value>
    public TimeSpan? RoutingDecisions { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// Windows of budgets, counted from their end, and windows without an end whose owner is one task, counted from when they were used last; also reservations that
    /// were settled or whose time is over, but these for a day at least: until then, settling one again changes nothing.
    /// </summary>
    /// <value>90 days by default.</value>
    public TimeSpan? RoutingBudgets { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Sessions and health that the router remembers, counted from when they were so. What was learned about providers is kept for ever.</summary>
    /// <value>30 days by default.</value>
    public TimeSpan? RoutingState { get; init; } = TimeSpan.FromDays(30);

    /// <summary>
    /// What became of the instances of container pools and of what was asked of their hosts, counted from when it happened; also what hosts tell of their pools, counted
    /// from when they told it last.
    /// </summary>
    /// <value>30 days by default.</value>
    public TimeSpan? Containers { get; init; } = TimeSpan.FromDays(30);
}
