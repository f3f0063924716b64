using Orchestrator.Tasks;

namespace Orchestrator.Routing.Decisions;

/// <summary>A decision with everything that it depended on.</summary>
public sealed record RoutingRecord
{
    /// <summary>The decision. A shadow's decision has an id of its own.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>The task, without its instructions and commands: the decision did not depend on them.</summary>
    public required AgentTask Task { get; init => field = Require.NotNull(value); }

    /// <summary>What the call excluded; <see langword="null"/> for nothing.</summary>
    public RoutingConstraints? Constraints { get; init; }

    /// <summary>The digest of the configuration, see <see cref="RoutingSnapshotRecord"/>, at most 200 characters.</summary>
    /// <exception cref="ArgumentException">The value is empty, too long or holds a NUL character.</exception>
    public required string SnapshotDigest { get; init => field = Require.Text(value, 200); }

    /// <summary>Health, load, limits, budgets, session and estimates of all candidates at that moment, in the router's own form; base64. May be empty.</summary>
    public required string State { get; init => field = Require.NotNull(value); }

    /// <summary>When it was decided. Stores keep whole milliseconds.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Whether a shadow configuration decided it: it was not carried out.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool IsShadow { get; init; }

    /// <summary>Who decided.</summary>
    /// <value><c>local</c> by default.</value>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    /// <value><c>local</c> by default.</value>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}
