using Orchestrator.Providers;

namespace Orchestrator.Routing.Registration;

/// <summary>Everything that was registered in code and that settings may speak of: providers in ordinal order of their names, and the host's own selection policies. Fixed for the life of a host.</summary>
internal sealed class ProviderRoster
{
    public ProviderRoster(IEnumerable<IAgentProvider> agents, IEnumerable<ProviderDescriptor>? described = null, IEnumerable<ISelectionPolicy>? policies = null)
    {
        Entries =
        [
            .. agents.Select(agent => new RosterEntry(agent.Descriptor, agent))
                .Concat((described ?? []).Select(descriptor => new RosterEntry(descriptor, Agent: null)))
                .OrderBy(entry => entry.Name, StringComparer.Ordinal),
        ];
        Policies = [.. policies ?? []];
    }

    public IReadOnlyList<RosterEntry> Entries { get; }

    public IReadOnlyList<ISelectionPolicy> Policies { get; }
}
