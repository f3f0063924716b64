using Orchestrator.Tasks;

namespace Orchestrator.Routing.Selection;

/// <summary>What a cost profile makes of money, risk and time. The weights are fixed, so a candidate's score never depends on the other candidates.</summary>
internal readonly record struct CostWeights(double Price, double Risk, double Time)
{
    private static readonly double[] PriorityFactors =
        [.. Enumerable.Range(-AgentTask.MaxPriority, (2 * AgentTask.MaxPriority) + 1).Select(priority => Math.Pow(2, priority / 50.0))];

    public static CostWeights Of(CostProfile profile, int priority)
    {
        var weights = profile switch
        {
            CostProfile.Economy => new CostWeights(Price: 5, Risk: 0.5, Time: 0.1),
            CostProfile.Quality => new CostWeights(Price: 0.2, Risk: 10, Time: 0.2),
            CostProfile.Fast => new CostWeights(Price: 0.5, Risk: 1, Time: 20),
            _ => new CostWeights(Price: 1, Risk: 1, Time: 1),
        };
        return weights with { Time = weights.Time * PriorityFactors[priority + AgentTask.MaxPriority] };
    }
}
