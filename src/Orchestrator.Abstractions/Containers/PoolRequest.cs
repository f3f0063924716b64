using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>What another process asks of the host of a pool.</summary>
public sealed record PoolRequest
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The pool.</summary>
    public required string Pool { get; init => field = Require.Name(value); }

    /// <summary>The worker whose host shall do it, as in <see cref="PoolStateEntry.WorkerName"/>.</summary>
    public required string WorkerName { get; init => field = Require.Text(value, 400); }

    /// <summary>What shall be done.</summary>
    public required PoolRequestKind Kind { get; init; }

    /// <summary>How many instances the pool shall have; for <see cref="PoolRequestKind.Scale"/>.</summary>
    public int? Instances { get; init => field = value is { } count ? Require.AtLeast(count, 0) : null; }

    /// <summary>How the instance shall weigh, above 0 and at most 1,000; for <see cref="PoolRequestKind.Weight"/>.</summary>
    public double? Weight { get; init => field = value is { } weight ? Require.InRange(weight, double.Epsilon, 1_000) : null; }

    /// <summary>The instance; for <see cref="PoolRequestKind.Restart"/>, <see cref="PoolRequestKind.Drain"/> and <see cref="PoolRequestKind.Weight"/>.</summary>
    public string? Instance { get; init => field = Require.OptionalName(value); }

    /// <summary>When it was left.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>From when on it must not be taken any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Where it stands.</summary>
    /// <value><see cref="PoolRequestState.Pending"/> by default.</value>
    public PoolRequestState State { get; init; } = PoolRequestState.Pending;

    /// <summary>What the host says to it; <see langword="null"/> when there is nothing to say.</summary>
    public string? Message { get; init; }

    /// <summary>When it was done or refused.</summary>
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>What can be asked of the host of a pool.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PoolRequestKind>))]
public enum PoolRequestKind
{
    /// <summary>Something that this version does not know.</summary>
    Unknown = 0,

    /// <summary>As <see cref="IContainerBalancer.ScaleAsync"/>.</summary>
    Scale,

    /// <summary>As <see cref="IContainerBalancer.RestartAsync"/>.</summary>
    Restart,

    /// <summary>As <see cref="IContainerBalancer.DrainAsync"/>.</summary>
    Drain,

    /// <summary>As <see cref="IContainerBalancer.SetWeightAsync"/>.</summary>
    Weight,
}

/// <summary>Where a request to the host of a pool stands.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<PoolRequestState>))]
public enum PoolRequestState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Nobody has taken it. After <see cref="PoolRequest.ExpiresAt"/> nobody will.</summary>
    Pending,

    /// <summary>A host is at it, or died over it.</summary>
    Taken,

    /// <summary>The balancer has accepted it; what it takes to get there goes on.</summary>
    Done,

    /// <summary>It cannot be done; <see cref="PoolRequest.Message"/> says why.</summary>
    Refused,
}
