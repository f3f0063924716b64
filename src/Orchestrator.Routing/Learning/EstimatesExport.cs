using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Json;
using Orchestrator.Routing.Recording;

namespace Orchestrator.Routing;

/// <summary>Everything that a router learned, by the names of its providers: to keep it, to look at it, to take it to another host.</summary>
public sealed record EstimatesExport
{
    /// <summary>The version of the format that this library writes.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format.</summary>
    /// <value><see cref="CurrentVersion"/> by default.</value>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The providers, in ordinal order of their names.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<ProviderEstimates>))]
    public ValueList<ProviderEstimates> Providers { get; init => field = value ?? []; } = [];

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The JSON; members that this version does not know are ignored.</param>
    /// <returns>The export.</returns>
    /// <exception cref="JsonException">The text is no JSON or no export; the message says where.</exception>
    public static EstimatesExport FromJson(string json) => OrchestratorJson.Read(json, RoutingJsonContext.Default.EstimatesExport);

    /// <summary>Writes it. The same estimates always give the same text, and every number reads back exactly.</summary>
    /// <returns>JSON on one line.</returns>
    public string ToJson() => OrchestratorJson.Write(this, RoutingJsonContext.Default.EstimatesExport);
}
