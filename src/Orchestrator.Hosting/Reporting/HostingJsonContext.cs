using System.Text.Json.Serialization;
using Orchestrator.Patching;
using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>The JSON form of reports and events: the same conventions as the contracts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(AgentTaskReport))]
[JsonSerializable(typeof(AgentTaskEvent))]
[JsonSerializable(typeof(AttemptReport))]
[JsonSerializable(typeof(CandidateExplanation))]
[JsonSerializable(typeof(FileChange))]
[JsonSerializable(typeof(PatchConflict))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
public sealed partial class HostingJsonContext : JsonSerializerContext;
