using Orchestrator.Providers;

namespace Orchestrator.Routing.Attempts;

/// <summary>How all attempts at a task together ended.</summary>
/// <typeparam name="TResult">What a successful attempt gives.</typeparam>
public sealed record AttemptOutcome<TResult>
{
    /// <summary>What the attempt that succeeded gave; the default when none did.</summary>
    public TResult? Value { get; init; }

    /// <summary>The failure of the last attempt, or why no attempt was made; <see langword="null"/> when one succeeded.</summary>
    public AgentFailure? Failure { get; init; }

    /// <summary>The last decision.</summary>
    public required RoutingDecision Decision { get; init; }

    /// <summary>Every attempt, in the order in which they ended.</summary>
    public required ValueList<AttemptTrace> Attempts { get; init; }

    /// <summary>Why nobody else was asked in the end; <see langword="null"/> when somebody could have been.</summary>
    public RoutingRejection? Rejection { get; init; }

    /// <summary>The attempt that goes on, to be settled by the caller; <see langword="null"/> unless the successful result said that it is open.</summary>
    public OpenAttempt? Open { get; init; }

    /// <summary>Whether an attempt succeeded.</summary>
    public bool Succeeded => Failure is null;

    /// <summary>When nobody was left: the earliest time at which a provider takes the task again, those that were tried included. <see langword="null"/> when that is not known.</summary>
    public DateTimeOffset? EligibleAt { get; init; }

    /// <summary>What all attempts cost, in US dollars.</summary>
    public decimal CostUsd => Attempts.Sum(attempt => attempt.CostUsd);
}
