using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Routing.Recording;

namespace Orchestrator.Routing.Learning;

/// <summary>What was learned of one provider by all processes that share a state store, as it is kept there.</summary>
internal sealed record SavedEstimates
{
    /// <summary>How many writers are remembered.</summary>
    private const int MostWriters = 64;

    /// <summary>The version of <see cref="EstimatesExport"/>.</summary>
    public int Version { get; init; } = EstimatesExport.CurrentVersion;

    /// <summary>The provider; a list because an export is one.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<ProviderEstimates>))]
    public ValueList<ProviderEstimates> Providers { get; init => field = value ?? []; } = [];

    /// <summary>Whose evidence is in it, the one that wrote last at the end.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<SavedEstimatesWriter>))]
    public ValueList<SavedEstimatesWriter> Writers { get; init => field = value ?? []; } = [];

    /// <exception cref="System.Text.Json.JsonException">The text is no JSON or none of this form.</exception>
    public static SavedEstimates FromJson(string json) => OrchestratorJson.Read(json, RoutingJsonContext.Default.SavedEstimates);

    /// <summary>The writers with one more save; without a change when it is among them.</summary>
    public static ValueList<SavedEstimatesWriter> Add(ValueList<SavedEstimatesWriter> writers, SavedEstimatesWriter writer) =>
        writer.Number == 0 || writers.Contains(writer) ? writers
        : [.. writers.Where(other => other.Name != writer.Name).TakeLast(MostWriters - 1), writer];

    /// <summary>The number of a process' last save that is in it; 0 for none.</summary>
    /// <param name="name">The process.</param>
    /// <param name="known">The last one that was seen before: still true when so many others wrote since that the process is not among the writers any more.</param>
    public long NumberOf(string name, long known) =>
        Writers.FirstOrDefault(writer => writer.Name == name) is { Number: > 0 and var number } ? number
        : Writers.Count == MostWriters ? known
        : 0;

    public string ToJson() => OrchestratorJson.Write(this, RoutingJsonContext.Default.SavedEstimates);
}
