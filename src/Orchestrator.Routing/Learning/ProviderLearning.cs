using Orchestrator.Routing.Learning;

namespace Orchestrator.Routing;

/// <summary>What the router has learned: to export, import and forget it. Whether it learns at all is <see cref="LearningOptions.Frozen"/>.</summary>
/// <remarks>Thread-safe. Calls here and reports of outcomes may overlap; each provider is changed in one step.</remarks>
/// <param name="registry">The providers.</param>
public sealed class ProviderLearning(ProviderRegistry registry)
{
    /// <summary>Everything that was learned so far.</summary>
    /// <returns>The export; providers of which nothing was seen are not in it.</returns>
    public EstimatesExport Export() => EstimatesTransfer.Export(registry.Estimates, registry.Snapshot);

    /// <summary>Replaces what was learned about every provider that an export names; the others keep what they have. Also works while learning is frozen.</summary>
    /// <param name="export">The export.</param>
    /// <returns>A sentence for each thing that was left out: a provider that is not registered here, numbers that cannot be, a version that is not known.</returns>
    public ValueList<string> Import(EstimatesExport export)
    {
        ArgumentNullException.ThrowIfNull(export);
        return EstimatesTransfer.Import(registry.Estimates, registry.Snapshot, export);
    }

    /// <summary>Forgets what was learned about a provider: the configured expectations count again.</summary>
    /// <param name="provider">Its name, in any case; <see langword="null"/> for all providers.</param>
    /// <returns>Whether there is such a provider.</returns>
    public bool Reset(string? provider = null)
    {
        if (provider is not null)
        {
            if (!registry.Snapshot.Indexes.TryGetValue(provider, out var candidate))
            {
                return false;
            }

            registry.Estimates.Reset(candidate);
            return true;
        }

        for (var candidate = 0; candidate < registry.Estimates.Count; candidate++)
        {
            registry.Estimates.Reset(candidate);
        }

        return true;
    }
}
