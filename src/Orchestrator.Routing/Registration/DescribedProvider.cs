using Orchestrator.Providers;

namespace Orchestrator.Routing.Registration;

/// <summary>A provider of which the host registered the description alone. A type of its own, so that a descriptor that a host keeps in its container for something else is no provider.</summary>
internal sealed record DescribedProvider(ProviderDescriptor Descriptor);
