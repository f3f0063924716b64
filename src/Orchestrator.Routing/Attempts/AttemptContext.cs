using Orchestrator.Tasks;

namespace Orchestrator.Routing.Attempts;

/// <summary>One attempt, as the code that carries it out sees it.</summary>
/// <remarks>With hedging and races two attempts at one task run at the same time, each with a context of its own.</remarks>
public sealed record AttemptContext
{
    /// <summary>The attempt's identity, under which its money is reserved.</summary>
    public required string Id { get; init; }

    /// <summary>1 for the first attempt at the task, counted over all providers and calls.</summary>
    public required int Number { get; init; }

    /// <summary>The task.</summary>
    public required AgentTask Task { get; init; }

    /// <summary>The decision that led here.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>Who is to carry it out.</summary>
    public required RegisteredProvider Provider { get; init; }

    /// <summary>With which model; <see langword="null"/> for the provider's default.</summary>
    public string? Model => Decision.Model;

    /// <summary>What this attempt may spend, in US dollars; <see langword="null"/> for no limit.</summary>
    public decimal? BudgetUsd { get; init; }

    /// <summary>Whether another attempt at the task runs at the same time.</summary>
    public bool IsHedge { get; init; }

    internal ProviderAdmission Admission { get; init; }

    /// <summary>Keeps what was reserved for the attempt for longer, from now. An attempt that may take longer than <see cref="AttemptRequest.ReservationDuration"/> calls this in time.</summary>
    /// <param name="duration">How long from now, from 1 second to 7 days; a value outside counts as the nearest one inside.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether everything is still held; <see langword="false"/> when its time was over.</returns>
    public ValueTask<bool> RenewAsync(TimeSpan duration, CancellationToken cancellationToken = default) => Admission.RenewAsync(duration, cancellationToken);
}
