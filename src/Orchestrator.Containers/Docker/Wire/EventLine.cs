using System.Text.Json.Serialization;

namespace Orchestrator.Containers.Docker.Wire;

/// <summary>A line of the stream of events.</summary>
internal sealed record EventLine(string? Action, EventLine.ActorPart? Actor, [property: JsonPropertyName("timeNano")] long TimeNano)
{
    internal sealed record ActorPart(string? ID, Dictionary<string, string>? Attributes);
}
