using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>What a health check of an instance found. The first finding, every change and every failure is kept; a check that goes on passing adds nothing.</summary>
public sealed record ContainerHealthCheck
{
    /// <summary>The pool.</summary>
    public required string Pool { get; init => field = Require.Name(value); }

    /// <summary>The instance's name.</summary>
    public required string ContainerName { get; init => field = Require.Name(value); }

    /// <summary>The worker whose balancer checked.</summary>
    public required string WorkerName { get; init => field = Require.Text(value, 200); }

    /// <summary>What was checked.</summary>
    public required ContainerCheckKind Kind { get; init; }

    /// <summary>Whether it passed.</summary>
    public required bool Passed { get; init; }

    /// <summary>What was found, such as a status code; never what the instance printed.</summary>
    public string? Message { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init => field = Require.AtLeast(value, TimeSpan.Zero); }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>What can be checked of an instance.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<ContainerCheckKind>))]
public enum ContainerCheckKind
{
    /// <summary>A kind that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Whether it has come up.</summary>
    Startup,

    /// <summary>Whether it can take leases.</summary>
    Readiness,

    /// <summary>Whether it has to be restarted.</summary>
    Liveness,

    /// <summary>How its leases ended.</summary>
    Passive,

    /// <summary>The engine's own health check.</summary>
    Engine,
}
