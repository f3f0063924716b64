using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers;

/// <summary>What came of asking for a container.</summary>
/// <param name="Status">Whether there is a lease.</param>
/// <param name="Lease">The lease; <see langword="null"/> when there is none.</param>
/// <param name="Message">Why there is none.</param>
public readonly record struct ContainerAcquisition(AcquisitionStatus Status, ContainerLease? Lease = null, string? Message = null);

/// <summary>Whether a container could be leased.</summary>
[JsonConverter(typeof(SnakeCaseEnumConverter<AcquisitionStatus>))]
public enum AcquisitionStatus
{
    /// <summary>A status that this version does not know.</summary>
    Unknown = 0,

    /// <summary>There is a lease.</summary>
    Acquired,

    /// <summary>No slot became free in time.</summary>
    TimedOut,

    /// <summary>The waiting line is full.</summary>
    Rejected,

    /// <summary>There is no such pool.</summary>
    UnknownPool,

    /// <summary>The pool cannot start instances.</summary>
    PoolFailed,
}
