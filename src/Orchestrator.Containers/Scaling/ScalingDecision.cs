namespace Orchestrator.Containers.Scaling;

/// <summary>How many instances a pool shall have.</summary>
/// <param name="Desired">Instances that shall run.</param>
/// <param name="Reason">What decided it.</param>
/// <param name="Warm">Instances that shall be kept warm beside them.</param>
internal readonly record struct ScalingDecision(int Desired, ScalingReason Reason, int Warm = 0);
