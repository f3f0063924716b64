using System.Text.Json.Serialization;
using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing.Recording;

/// <summary>The JSON form of what the router records about itself. Needs no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectRequiredConstructorParameters = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(EstimatesExport))]
[JsonSerializable(typeof(ProviderEstimates))]
[JsonSerializable(typeof(TaskEstimates))]
[JsonSerializable(typeof(SavedEstimates))]
[JsonSerializable(typeof(SavedEstimatesWriter))]
[JsonSerializable(typeof(RoutingSnapshotContent))]
[JsonSerializable(typeof(RecordedProvider))]
[JsonSerializable(typeof(string))]
internal sealed partial class RoutingJsonContext : JsonSerializerContext;
