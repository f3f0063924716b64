using System.Text.Json.Serialization;

namespace Orchestrator.Containers.Docker.Wire;

internal sealed record ErrorAnswer([property: JsonPropertyName("message")] string? Message);
