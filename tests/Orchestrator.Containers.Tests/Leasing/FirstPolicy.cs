using Orchestrator.Containers.Leasing;

namespace Orchestrator.Containers.Tests.Leasing;

/// <summary>A user's own policy: what a test says, else the first.</summary>
internal sealed class FirstPolicy(string name, Func<InstanceCandidate[], int>? choose = null) : IInstanceSelectionPolicy
{
    public string Name => name;

    public int Select(ReadOnlySpan<InstanceCandidate> candidates, ContainerRequest request) => choose?.Invoke(candidates.ToArray()) ?? 0;
}
