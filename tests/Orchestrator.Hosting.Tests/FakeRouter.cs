using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests;

/// <summary>Decides what the test says, and remembers what it is told.</summary>
internal sealed class FakeRouter : IProviderRouter
{
    public RoutingDecision Decision { get; set; }

    public List<ExecutionOutcome> Outcomes { get; } = [];

    public RoutingDecision Route(AgentTask task, RoutingConstraints? constraints = null) => Decision;

    public RoutingExplanation Explain(AgentTask task, RoutingConstraints? constraints = null) => new() { TaskId = task.Id, Decision = Decision, Candidates = [] };

    public void Report(in ExecutionOutcome outcome) => Outcomes.Add(outcome);
}
