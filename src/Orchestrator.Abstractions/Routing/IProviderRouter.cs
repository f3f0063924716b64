using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Chooses the provider for a task, says why, and learns from what came of it.</summary>
/// <remarks>Thread-safe. In memory: no call does I/O or waits.</remarks>
public interface IProviderRouter
{
    /// <summary>Chooses.</summary>
    /// <param name="task">The task.</param>
    /// <param name="constraints">What this call excludes; <see langword="null"/> for nothing.</param>
    /// <returns>The decision; <see cref="RoutingDecision.IsRejected"/> when no provider can do it.</returns>
    RoutingDecision Route(AgentTask task, RoutingConstraints? constraints = null);

    /// <summary>A dry run: every candidate with every reason. Nothing is reserved or learned.</summary>
    /// <param name="task">The task.</param>
    /// <param name="constraints">What this call excludes; <see langword="null"/> for nothing.</param>
    /// <returns>The explanation.</returns>
    RoutingExplanation Explain(AgentTask task, RoutingConstraints? constraints = null);

    /// <summary>Tells the router what came of an attempt: first when it ended, and again once the result is verified.</summary>
    /// <param name="outcome">The outcome.</param>
    void Report(in ExecutionOutcome outcome);
}
