using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Routing.Diagnostics;

namespace Orchestrator.Routing.State;

/// <summary>Which providers take no new work by call. An entry of its own, which only who drains or resumes writes: nothing else that a process saves touches it.</summary>
internal sealed class DrainingStateSource(ProviderRegistry registry, ILogger<DrainingStateSource>? logger = null) : IRoutingStateSource
{
    private readonly ILogger _logger = logger ?? (ILogger)NullLogger.Instance;

    /// <inheritdoc/>
    public string Kind => RoutingStateKinds.Draining;

    /// <inheritdoc/>
    public bool IsShared => true;

    /// <inheritdoc/>
    public IEnumerable<RoutingStateEntry> Export(DateTimeOffset now)
    {
        var names = registry.Snapshot.Names;
        for (var i = 0; i < names.Length; i++)
        {
            // Nobody ever said anything about most providers.
            if (registry.Health.DrainingOf(i) is { At: > 0 } said)
            {
                yield return new RoutingStateEntry(Kind, names[i], said.ToJson(), now);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Import(IReadOnlyList<RoutingStateEntry> entries, DateTimeOffset now)
    {
        var unknown = new List<string>();
        foreach (var entry in entries)
        {
            if (SavedDraining.Parse(entry.Value) is not { } saved)
            {
                unknown.Add(entry.Key);
            }
            else if (registry.Snapshot.Indexes.TryGetValue(entry.Key, out var candidate) && registry.Health.TakeOverDraining(candidate, saved))
            {
                Log.DrainingTakenOver(_logger, registry.Snapshot.Names[candidate], saved.IsDraining);
            }
        }

        return unknown;
    }
}
