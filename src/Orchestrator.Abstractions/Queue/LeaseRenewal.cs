using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>The answer to a heartbeat.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="Status">Whether it still holds.</param>
/// <param name="CancelRequested">Whether somebody asked to cancel the task.</param>
/// <param name="ReleaseRequested">Whether the queue is being drained: the task shall be given back.</param>
[method: JsonConstructor]
public readonly record struct LeaseRenewal(LeaseToken Lease, LeaseStatus Status, bool CancelRequested, bool ReleaseRequested = false);
