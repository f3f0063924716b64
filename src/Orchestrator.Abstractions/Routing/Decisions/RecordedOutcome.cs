namespace Orchestrator.Routing.Decisions;

/// <summary>An outcome with when it became known.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="At">When. Stores keep whole milliseconds.</param>
public sealed record RecordedOutcome(ExecutionOutcome Outcome, DateTimeOffset At);
