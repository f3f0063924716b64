using Orchestrator.Tasks;

namespace Orchestrator.Routing.Selection;

/// <summary>Sees every decision together with the very values that it was made of, and every outcome.</summary>
/// <remarks>Called on the path of the decision, by many threads at once: it must be quick and must not throw.</remarks>
internal interface IRoutingObserver
{
    /// <summary>A decision was made, a rejection included.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="task">The task. Whoever keeps it without its instructions must set its complexity to the decision's.</param>
    /// <param name="constraints">What the call excluded.</param>
    /// <param name="frame">What it was made of; not valid after the call.</param>
    /// <param name="isShadow">Whether it is what an experiment that only looks on would have decided.</param>
    void Decided(in RoutingDecision decision, AgentTask task, RoutingConstraints? constraints, in RoutingFrame frame, bool isShadow);

    /// <summary>An outcome of a registered provider was reported.</summary>
    /// <param name="outcome">The outcome.</param>
    void Reported(in ExecutionOutcome outcome);
}
