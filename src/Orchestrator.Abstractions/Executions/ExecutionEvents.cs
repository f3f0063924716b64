using Orchestrator.Providers;

namespace Orchestrator.Executions;

/// <summary>What happened during one attempt, as it is kept: the first events and the newest ones, within bounds that its host sets.</summary>
public sealed record ExecutionEvents
{
    /// <summary>The attempt, see <see cref="ExecutionRecord.Id"/>.</summary>
    public required string ExecutionId { get; init => field = Require.Name(value); }

    /// <summary>The events in the order in which they happened, redacted. Long texts are cut, and a result's patch is left out: <see cref="ExecutionRecord.Patch"/> has it.</summary>
    public required ValueList<AgentEvent> Events { get; init => field = Require.NotNull(value); }

    /// <summary>How many events are not among them.</summary>
    /// <value>0 by default; not negative.</value>
    public long Omitted { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>When they were written down.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who ran the attempt.</summary>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}
