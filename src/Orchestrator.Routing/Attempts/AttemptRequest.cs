using Orchestrator.Tasks;

namespace Orchestrator.Routing.Attempts;

/// <summary>What is to be attempted, and what all attempts together must keep to.</summary>
public sealed record AttemptRequest
{
    /// <summary>The task. Its <see cref="AgentTask.MaxCostUsd"/> and <see cref="AgentTask.Deadline"/> hold for all attempts together.</summary>
    public required AgentTask Task { get; init; }

    /// <summary>What the caller excludes from the start; <see langword="null"/> for nothing.</summary>
    public RoutingConstraints? Constraints { get; init; }

    /// <summary>Attempts that were made before this call, for example by a worker that died; they count.</summary>
    public int AttemptsBefore { get; init; }

    /// <summary>What those attempts cost, in US dollars.</summary>
    public decimal SpentUsd { get; init; }

    /// <summary>The most attempts, those before included; <see langword="null"/> for <see cref="AttemptOptions.MaxAttempts"/>.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How long money stays reserved for an attempt that neither ends nor renews, so that a crash gives it back; from 1 second to 7 days.</summary>
    /// <value>1 hour by default.</value>
    public TimeSpan ReservationDuration { get; init; } = TimeSpan.FromHours(1);
}
