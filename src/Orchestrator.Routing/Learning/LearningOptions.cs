namespace Orchestrator.Routing;

/// <summary>How the router learns from verified outcomes.</summary>
public sealed class LearningOptions
{
    /// <summary>Whether nothing new is learned and nothing is explored; what is known is still used.</summary>
    public bool Frozen { get; set; }

    /// <summary>What remains of the old evidence with each new outcome, from 0.5 to 1: 0.995 remembers about 200 tasks.</summary>
    /// <value>0.995 by default, the best of the simulation in docs/routing.md.</value>
    public double Discount { get; set; } = 0.995;

    /// <summary>How many verified tasks the configured success rate weighs as much as, from 0.1 to 1000.</summary>
    /// <value>10 by default.</value>
    public double PriorMass { get; set; } = 10;

    /// <summary>The share of tasks on which success rates are drawn from what is known instead of taken at their mean, from 0 to 1. The policy <c>thompson</c> draws always.</summary>
    /// <value>0.05 by default.</value>
    public double ExplorationShare { get; set; } = 0.05;

    /// <summary>The share of tasks that goes to any eligible candidate by chance, so that one which became better is seen again; from 0 to 0.5.</summary>
    /// <value>0.01 by default.</value>
    public double FloorShare { get; set; } = 0.01;

    /// <summary>Tasks of a higher priority are never explored with, from -100 to 100.</summary>
    /// <value>0 by default.</value>
    public int MaxExplorationPriority { get; set; }
}
