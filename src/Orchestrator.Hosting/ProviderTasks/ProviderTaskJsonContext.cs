using System.Text.Json.Serialization;

namespace Orchestrator.Hosting;

/// <summary>The JSON form of provider tasks: the same conventions as the contracts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProviderTask))]
[JsonSerializable(typeof(string))]
internal sealed partial class ProviderTaskJsonContext : JsonSerializerContext;
