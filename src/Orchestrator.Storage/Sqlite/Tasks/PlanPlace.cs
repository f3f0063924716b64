namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>Where a new task stands in a plan; the default for a task without one.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Condition">How the tasks that it depends on must end, by its name.</param>
/// <param name="IsBlocked">Whether it waits for others, or for a person.</param>
/// <param name="IsGate">Whether a person decides it.</param>
/// <param name="IsGateOpen">Whether that person can decide now.</param>
internal readonly record struct PlanPlace(string? PlanId, string? Condition, bool IsBlocked, bool IsGate, bool IsGateOpen);
