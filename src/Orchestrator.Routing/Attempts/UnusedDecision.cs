using Orchestrator.Providers;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Attempts;

/// <summary>Gives a decision back that no provider was asked for: it may have taken the only probe of a half-open breaker.</summary>
internal static class UnusedDecision
{
    public static void GiveBack(IProviderRouter router, in RoutingDecision decision, AgentTaskType type)
    {
        if (router is ProviderRouter own)
        {
            own.ReleaseProbe(decision);
            return;
        }

        // A host's own router has no other word for it.
        router.Report(new ExecutionOutcome(decision.Id, decision.Provider!, type, OutcomeStage.Ended, FailureClass.Cancelled, Complexity: decision.Complexity));
    }
}
