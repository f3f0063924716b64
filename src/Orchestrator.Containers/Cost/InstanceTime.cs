namespace Orchestrator.Containers.Cost;

/// <summary>Time of all instances of a pool together, in units of its clock.</summary>
/// <param name="Total">How long they were there.</param>
/// <param name="Busy">The part of it in which they served at least one lease.</param>
internal readonly record struct InstanceTime(long Total, long Busy);
