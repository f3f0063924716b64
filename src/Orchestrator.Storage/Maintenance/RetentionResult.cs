namespace Orchestrator.Storage;

/// <summary>How much retention deleted.</summary>
public sealed record RetentionResult
{
    /// <summary>Finished tasks.</summary>
    public required long Tasks { get; init; }

    /// <summary>Plans whose last task was deleted.</summary>
    public required long Plans { get; init; }

    /// <summary>Deduplication keys that held nothing any more.</summary>
    public required long Keys { get; init; }

    /// <summary>Executions and assignments of providers.</summary>
    public required long Executions { get; init; }

    /// <summary>Decisions of the router.</summary>
    public long RoutingDecisions { get; init; }

    /// <summary>Windows of budgets and reservations from them.</summary>
    public long RoutingBudgets { get; init; }

    /// <summary>Sessions and health that the router remembered.</summary>
    public long RoutingState { get; init; }

    /// <summary>Changes of state and findings of health checks of container instances, what was asked of hosts of pools, and what hosts that are gone told of them.</summary>
    public long Containers { get; init; }

    /// <summary>All together.</summary>
    public long Total => Tasks + Plans + Keys + Executions + RoutingDecisions + RoutingBudgets + RoutingState + Containers;
}
