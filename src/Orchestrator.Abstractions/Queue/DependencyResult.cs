using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>How a task ended that another task of the plan depends on.</summary>
/// <param name="TaskId">The task that ended.</param>
/// <param name="State">Its state.</param>
/// <param name="Result">What it gave, as JSON.</param>
[method: JsonConstructor]
public readonly record struct DependencyResult(string TaskId, QueuedTaskState State, string? Result = null);
