using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Providers;

namespace Orchestrator.Routing;

/// <summary>How one provider stands. Times that are over are <see langword="null"/>.</summary>
public sealed record ProviderStatus
{
    /// <summary>The provider's name.</summary>
    public required string Provider { get; init; }

    /// <summary>Whether the settings switch it on.</summary>
    public bool IsEnabled { get; init; }

    /// <summary>Whether it takes no new work, by the settings or by call.</summary>
    public bool IsDraining { get; init; }

    /// <summary>What the last health check found; says nothing about attempts.</summary>
    public HealthStatus Health { get; init; }

    /// <summary>What the last health check said; <see langword="null"/> before the first.</summary>
    public string? HealthMessage { get; init; }

    /// <summary>When the last health check ended; <see langword="null"/> before the first.</summary>
    public DateTimeOffset? HealthCheckedAt { get; init; }

    /// <summary>Until when the health checks keep it from work; <see langword="null"/> when they do not.</summary>
    public DateTimeOffset? UnhealthyUntil { get; init; }

    /// <summary>How its circuit breaker stands, which attempts alone decide.</summary>
    public BreakerState Breaker { get; init; }

    /// <summary>Until when the breaker is open; <see langword="null"/> when it is not.</summary>
    public DateTimeOffset? BreakerOpenUntil { get; init; }

    /// <summary>Failures in a row while the breaker is closed.</summary>
    public int FailuresInRow { get; init; }

    /// <summary>Attempts in the breaker's window.</summary>
    public long RecentAttempts { get; init; }

    /// <summary>Failures in the breaker's window.</summary>
    public long RecentFailures { get; init; }

    /// <summary>The provider asked us to wait until then.</summary>
    public DateTimeOffset? RateLimitedUntil { get; init; }

    /// <summary>The provider's quota is used up until then.</summary>
    public DateTimeOffset? QuotaExhaustedUntil { get; init; }

    /// <summary>Our own limits for each minute let the next attempt in from then on; <see langword="null"/> for now.</summary>
    public DateTimeOffset? NextAttemptFrom { get; init; }

    /// <summary>Attempts that run.</summary>
    public int InFlight { get; init; }

    /// <summary>Attempts that may run at the same time; <see langword="null"/> for no limit.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>Attempts admitted since midnight UTC; counted only when there is a limit.</summary>
    public int RequestsToday { get; init; }

    /// <summary>Attempts that may be admitted in a day; <see langword="null"/> for no limit.</summary>
    public int? MaxRequestsPerDay { get; init; }

    /// <summary>The budgets that everybody shares and those of this provider.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<BudgetStatus>))]
    public ValueList<BudgetStatus> Budgets { get; init => field = value ?? []; } = [];

    /// <summary>What is believed of its work, by type of task.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<ProviderSuccessRate>))]
    public ValueList<ProviderSuccessRate> SuccessRates { get; init => field = value ?? []; } = [];

    /// <summary>Attempts that ended well since the start of the process.</summary>
    public long Succeeded { get; init; }

    /// <summary>Attempts that failed by the provider's fault since the start of the process.</summary>
    public long Failed { get; init; }

    /// <summary>Attempts that met a rate limit or a used-up quota since the start of the process.</summary>
    public long Limited { get; init; }

    /// <summary>Attempts that ended for other reasons, such as a cancellation, since the start of the process.</summary>
    public long Neutral { get; init; }
}
