using Orchestrator.Providers;

namespace Orchestrator.Routing.Catalogue;

/// <summary>What the catalogue knows about one well-known provider.</summary>
/// <remarks>Immutable and therefore thread-safe.</remarks>
public sealed record ProviderCatalogEntry
{
    /// <summary>What it is and can do. Can be registered as it is, with <c>AddProvider</c>, by a host that carries out its tasks itself.</summary>
    public required ProviderDescriptor Descriptor { get; init; }

    /// <summary>The share of tasks that it is expected to do well before anything is learned, from 0 to 1.</summary>
    public required double SuccessRate { get; init; }

    /// <summary>How long a task takes it before anything is learned.</summary>
    public required TimeSpan TypicalDuration { get; init; }

    /// <summary>Its tier under the selection policy <c>tiers</c>; a lower tier goes first.</summary>
    public int Tier { get; init; }

    /// <summary>The provider's name.</summary>
    public string Name => Descriptor.Name;
}
