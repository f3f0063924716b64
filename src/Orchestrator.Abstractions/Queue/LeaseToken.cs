using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>A worker's time-limited right to a task.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="LeaseId">The fencing token: grows with every lease of the task and is never used twice. Hand it to side effects outside the database.</param>
[method: JsonConstructor]
public readonly record struct LeaseToken(string TaskId, long LeaseId);
