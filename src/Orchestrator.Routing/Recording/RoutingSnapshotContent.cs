using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing.Recording;

/// <summary>What a snapshot is built from: the providers as they were registered, and the settings. The content of a snapshot's record.</summary>
internal sealed record RoutingSnapshotContent
{
    /// <summary>In the order of candidates.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<RecordedProvider>))]
    public required ValueList<RecordedProvider> Providers { get; init; }

    public required ProviderRoutingOptions Options { get; init; }
}
