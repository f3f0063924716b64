using Orchestrator.Providers;

namespace Orchestrator.Routing.Recording;

/// <summary>A provider as it was registered.</summary>
/// <param name="Descriptor">What it said of itself.</param>
/// <param name="HasAgent">Whether there was an instance that carries out tasks.</param>
internal sealed record RecordedProvider(ProviderDescriptor Descriptor, bool HasAgent);
