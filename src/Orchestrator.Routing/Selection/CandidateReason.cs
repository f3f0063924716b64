namespace Orchestrator.Routing.Selection;

/// <summary>One reason against a candidate.</summary>
internal readonly record struct CandidateReason(RejectionReason Reason, string Text, DateTimeOffset? Until = null);
