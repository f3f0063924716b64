
namespace Orchestrator.Routing.Attempts;

/// <summary>What comes next: an admitted attempt, or a rejection.</summary>
internal readonly record struct NextAttempt(RoutingDecision Decision, AttemptContext? Context, ProviderAdmission Admission)
{
    public static NextAttempt Rejected(in RoutingDecision decision) => new(decision, null, default);
}
