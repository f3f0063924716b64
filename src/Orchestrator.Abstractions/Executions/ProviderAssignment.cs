using Orchestrator.Routing;

namespace Orchestrator.Executions;

/// <summary>A provider was chosen for a task.</summary>
public sealed record ProviderAssignment
{
    /// <summary>The task.</summary>
    public required string TaskId { get; init => field = Require.Name(value); }

    /// <summary>The decision, whole.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>When it was decided.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who decided.</summary>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}
