using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>How far a running task is, by its handler's word.</summary>
/// <param name="Percent">From 0 to 100; <see langword="null"/> when that cannot be said.</param>
/// <param name="Message">What it does right now, up to 2,000 characters; longer text is cut.</param>
[method: JsonConstructor]
public readonly record struct TaskProgress(double? Percent = null, string? Message = null);
