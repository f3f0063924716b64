namespace Orchestrator.Containers.Leasing;

/// <summary>A way of choosing an instance that the host adds, beside the built-in ones. Register it as a singleton; a pool names it in its <c>Policy</c>.</summary>
/// <remarks>Thread-safe: many callers ask at once, each on the way to its lease, so it must not wait. It must not throw.</remarks>
public interface IInstanceSelectionPolicy
{
    /// <summary>The name that a pool's <c>Policy</c> gives; compared in any case, and none of the built-in ones.</summary>
    string Name { get; }

    /// <summary>Chooses among the instances that have a free slot.</summary>
    /// <param name="candidates">At least one. Valid only during the call.</param>
    /// <param name="request">For whom.</param>
    /// <returns>The index of the chosen candidate; one that is out of range means the first.</returns>
    int Select(ReadOnlySpan<InstanceCandidate> candidates, ContainerRequest request);
}
