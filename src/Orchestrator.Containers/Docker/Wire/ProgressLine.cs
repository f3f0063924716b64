using System.Text.Json.Serialization;

namespace Orchestrator.Containers.Docker.Wire;

/// <summary>A line of what an engine tells while it takes an image; the status of the last one may be the image's id.</summary>
internal sealed record ProgressLine([property: JsonPropertyName("error")] string? Error, [property: JsonPropertyName("status")] string? Status);
