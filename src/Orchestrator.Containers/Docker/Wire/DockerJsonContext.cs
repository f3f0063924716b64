using System.Text.Json.Serialization;

namespace Orchestrator.Containers.Docker.Wire;

/// <summary>The JSON that is sent to and read from an engine. Unknown members are skipped; what is null is not sent.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(IdAnswer))]
[JsonSerializable(typeof(SystemAnswer))]
[JsonSerializable(typeof(ContainerBody))]
[JsonSerializable(typeof(ContainerAnswer))]
[JsonSerializable(typeof(ContainerRow[]))]
[JsonSerializable(typeof(CommandBody))]
[JsonSerializable(typeof(CommandStartBody))]
[JsonSerializable(typeof(CommandAnswer))]
[JsonSerializable(typeof(WaitAnswer))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(EventLine))]
[JsonSerializable(typeof(ProgressLine))]
[JsonSerializable(typeof(ImageAnswer))]
[JsonSerializable(typeof(NetworkBody))]
[JsonSerializable(typeof(NetworkAnswer))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
internal sealed partial class DockerJsonContext : JsonSerializerContext;
