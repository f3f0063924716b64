using System.Text.Json;

namespace Orchestrator.Queue.Handlers;

/// <summary>Brings payloads of one version to the next.</summary>
internal sealed record TaskUpcaster(string Type, int FromVersion, Func<JsonElement, JsonElement> Upcast);
