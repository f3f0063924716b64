using Orchestrator.Providers;

namespace Orchestrator.Routing.Registration;

/// <summary>A provider as it was registered, before any settings.</summary>
/// <param name="Descriptor">What it says of itself.</param>
/// <param name="Agent">The instance that carries out tasks; null when only the description was registered.</param>
internal sealed record RosterEntry(ProviderDescriptor Descriptor, IAgentProvider? Agent)
{
    public string Name => Descriptor.Name;
}
