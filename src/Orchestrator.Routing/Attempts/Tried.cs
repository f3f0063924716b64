namespace Orchestrator.Routing.Attempts;

/// <summary>One attempt after it ended: its story and what it gave.</summary>
internal readonly record struct Tried<TResult>(AttemptTrace Trace, AttemptResult<TResult> Result, OpenAttempt? Open, RoutingDecision Decision);
