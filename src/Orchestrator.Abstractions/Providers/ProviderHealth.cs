using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Providers;

/// <summary>Whether a provider can work, as one check saw it.</summary>
public sealed record ProviderHealth
{
    /// <summary>The verdict.</summary>
    public required HealthStatus Status { get; init; }

    /// <summary>Why, and what to do when something is missing. Never holds a secret.</summary>
    public required string Message { get; init => field = Require.NotNull(value); }

    /// <summary>Facts that the check found: path, version, names of missing secrets.</summary>
    public ValueMap Details { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;
}

/// <summary>The verdict of a health check.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<HealthStatus>))]
public enum HealthStatus
{
    /// <summary>Not checked yet, or a status that this version does not know.</summary>
    Unknown = 0,

    /// <summary>It can work.</summary>
    Healthy,

    /// <summary>It cannot work now.</summary>
    Unhealthy,
}
