using System.Text.Json;
using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing.State;

/// <summary>What was learned, one entry a provider.</summary>
internal sealed class EstimateStateSource(ProviderRegistry registry) : IRoutingStateSource
{
    /// <inheritdoc/>
    public string Kind => RoutingStateKinds.Estimate;

    /// <inheritdoc/>
    public IEnumerable<RoutingStateEntry> Export(DateTimeOffset now)
    {
        foreach (var provider in EstimatesTransfer.Export(registry.Estimates, registry.Snapshot).Providers)
        {
            yield return new RoutingStateEntry(Kind, provider.Provider, new EstimatesExport { Providers = [provider] }.ToJson(), now);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Import(IReadOnlyList<RoutingStateEntry> entries, DateTimeOffset now)
    {
        var unknown = new List<string>();
        foreach (var entry in entries)
        {
            try
            {
                // A provider that is not registered any more is left out without a word: its entry stays for when it comes back.
                var export = EstimatesExport.FromJson(entry.Value);
                if (export.Version != EstimatesExport.CurrentVersion)
                {
                    unknown.Add(entry.Key);
                    continue;
                }

                EstimatesTransfer.Import(registry.Estimates, registry.Snapshot, export);
            }
            catch (JsonException)
            {
                unknown.Add(entry.Key);
            }
        }

        return unknown;
    }
}
