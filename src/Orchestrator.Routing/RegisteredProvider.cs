using Orchestrator.Providers;

namespace Orchestrator.Routing;

/// <summary>A provider as the router sees it: the instance, and its descriptor with the host's overrides applied.</summary>
public sealed record RegisteredProvider
{
    internal RegisteredProvider(IAgentProvider agent, ProviderDescriptor descriptor, bool isEnabled, double successRate, TimeSpan typicalDuration) =>
        (Agent, Descriptor, IsEnabled, SuccessRate, TypicalDuration) = (agent, descriptor, isEnabled, successRate, typicalDuration);

    /// <summary>The instance that carries out tasks.</summary>
    public IAgentProvider Agent { get; }

    /// <summary>What it is and can do, with the prices and limits that the host configured.</summary>
    public ProviderDescriptor Descriptor { get; }

    /// <summary>Whether the router may choose it.</summary>
    public bool IsEnabled { get; }

    /// <summary>The share of tasks that it is expected to do well before anything is learned, from 0 to 1.</summary>
    public double SuccessRate { get; }

    /// <summary>How long a task takes it.</summary>
    public TimeSpan TypicalDuration { get; }

    /// <summary>The provider's name.</summary>
    public string Name => Descriptor.Name;
}
