using Orchestrator.Providers;

namespace Orchestrator.Routing;

/// <summary>A provider as the router sees it: what it says of itself, what the catalogue adds where it says nothing, and what the host set over both.</summary>
/// <remarks>Immutable and therefore thread-safe. A change of configuration makes new ones.</remarks>
public sealed record RegisteredProvider
{
    internal RegisteredProvider(IAgentProvider? agent, ProviderDescriptor descriptor) => (Agent, Descriptor) = (agent, descriptor);

    /// <summary>The instance that carries out tasks; <see langword="null"/> for a provider of which the host only gave the description, because it carries out its tasks itself.</summary>
    public IAgentProvider? Agent { get; }

    /// <summary>What it is and can do, with the prices, models, limits, tags and regions that the host configured.</summary>
    public ProviderDescriptor Descriptor { get; }

    /// <summary>What was registered, before catalogue and settings; for the record of a decision.</summary>
    internal ProviderDescriptor? Declared { get; init; }

    /// <summary>Whether the router may choose it. A provider without an <see cref="Agent"/> is off where <see cref="ProviderRoutingOptions.RequireAgents"/> is set.</summary>
    public bool IsEnabled => DisabledBecause is null;

    /// <summary>Why it is off, in words that end a sentence; null when it is on.</summary>
    internal string? DisabledBecause { get; init; }

    /// <summary>Whether it takes no new work by configuration; it can also be drained by call.</summary>
    public bool IsDraining { get; internal init; }

    /// <summary>The share of tasks that it is expected to do well before anything is learned, from 0 to 1.</summary>
    public double SuccessRate { get; internal init; }

    /// <summary>How long a task takes it before anything is learned.</summary>
    public TimeSpan TypicalDuration { get; internal init; }

    /// <summary>Its weight under the selection policy <c>weighted</c>, from 0 to 1,000,000; 0 takes no part.</summary>
    public double Weight { get; internal init; }

    /// <summary>Its tier under the selection policy <c>tiers</c>, from 0 to 1000; a lower tier goes first.</summary>
    public int Tier { get; internal init; }

    /// <summary>Who comes next when it fails, in this order, before all others; names as the providers have them.</summary>
    public ValueList<string> Fallbacks { get; internal init; } = [];

    /// <summary>
    /// Whether its price is known: a price a task or prices of all its models, or a kind that costs nothing. The router takes a provider without a price as free, and says so in the log at start.
    /// </summary>
    public bool HasPrice { get; internal init; }

    /// <summary>The provider's name.</summary>
    public string Name => Descriptor.Name;
}
