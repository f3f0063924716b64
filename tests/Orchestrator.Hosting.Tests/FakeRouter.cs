using Orchestrator.Routing;
using Orchestrator.Tasks;

namespace Orchestrator.Hosting.Tests;

/// <summary>Decides for the first of its providers that was not tried yet, each time under an id of its own, and remembers what it is told.</summary>
internal sealed class FakeRouter : IProviderRouter
{
    /// <summary>The id of the first decision; the later ones count on in the last digit.</summary>
    public static readonly Guid FirstDecision = Guid.Parse("11111111-1111-7111-8111-111111111111");

    /// <summary>The providers, the best first.</summary>
    public IReadOnlyList<string> Order { get; set; } = [];

    /// <summary>What each of them is expected to cost.</summary>
    public double Price { get; set; }

    public List<RoutingDecision> Decisions { get; } = [];

    public List<ExecutionOutcome> Outcomes { get; } = [];

    public RoutingDecision Route(AgentTask task, RoutingConstraints? constraints = null)
    {
        var decision = Decide(task, constraints);
        Decisions.Add(decision);
        return decision;
    }

    public RoutingExplanation Explain(AgentTask task, RoutingConstraints? constraints = null)
    {
        var decision = Decide(task, constraints);
        return new() { TaskId = task.Id, Decision = decision, Candidates = [.. Order.Select(name => new CandidateExplanation { Provider = name })] };
    }

    public void Report(in ExecutionOutcome outcome) => Outcomes.Add(outcome);

    private RoutingDecision Decide(AgentTask task, RoutingConstraints? constraints)
    {
        var left = Order.Where(name => (task.Provider ?? name) == name && constraints?.AlreadyTried.Contains(name) != true).ToList();
        var id = Guid.Parse($"{FirstDecision.ToString()[..^1]}{Decisions.Count + 1}");
        return left.Count == 0
            ? new RoutingDecision { Id = id, Reason = RoutingReason.NoCandidate, Rejection = new RoutingRejection { Message = "Nobody is left." } }
            : new RoutingDecision { Id = id, Provider = left[0], Fallbacks = [.. left.Skip(1)], Reason = RoutingReason.BestScore, Complexity = TaskComplexity.Moderate, ExpectedPriceUsd = Price };
    }
}
