namespace Orchestrator.Containers.Reconciling;

/// <summary>A call of the engine about one instance.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="EngineId">The engine's id; null of <see cref="InstanceActionKind.Create"/>.</param>
/// <param name="Specification">What to make, of <see cref="InstanceActionKind.Create"/>.</param>
/// <param name="Grace">How long it may take to end, of <see cref="InstanceActionKind.Stop"/>.</param>
internal readonly record struct InstanceAction(InstanceActionKind Kind, string? EngineId, ContainerSpecification? Specification = null, TimeSpan Grace = default);

/// <summary>What an engine can be asked to do to an instance.</summary>
internal enum InstanceActionKind
{
    Create,
    Start,
    Inspect,
    Stop,
    Remove,
    Pause,
    Resume,
}

/// <summary>What came of an action.</summary>
/// <param name="Failure">Why it failed; null when it did not.</param>
/// <param name="EngineId">The new id, of a creation.</param>
/// <param name="Status">The instance as it is then, of an inspection, a start and a resumption; null when it is gone.</param>
internal readonly record struct ActionResult(EngineFailure? Failure, string? EngineId = null, ContainerStatus? Status = null);
