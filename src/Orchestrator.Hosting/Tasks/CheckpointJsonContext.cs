using System.Text.Json.Serialization;
using Orchestrator.Patching;
using Orchestrator.Routing;

namespace Orchestrator.Hosting;

/// <summary>The JSON form of checkpoints; apart from the public context because checkpoints are nobody else's business.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(AgentTaskCheckpoint))]
[JsonSerializable(typeof(TreeRecord))]
[JsonSerializable(typeof(AttemptReport))]
[JsonSerializable(typeof(CandidateExplanation))]
[JsonSerializable(typeof(FileChange))]
[JsonSerializable(typeof(PatchConflict))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
internal sealed partial class CheckpointJsonContext : JsonSerializerContext;
