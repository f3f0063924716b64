using Orchestrator.Routing.Learning;
using Orchestrator.Tasks;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Learning;

/// <summary>Estimates of two providers, "a" and "b", expected to be right in 7 of 10 tasks and to take 300 seconds.</summary>
internal static class LearningRig
{
    public static ProviderRegistry Registry(Action<ProviderRoutingOptions>? configure = null) => Named(["a", "b"], configure);

    public static ProviderRegistry Named(string[] names, Action<ProviderRoutingOptions>? configure = null) =>
        new RouterRig(names.Select(name => Provider(name)), configure).Registry;

    public static Estimates New(Action<LearningOptions>? configure = null) => Registry(options => configure?.Invoke(options.Learning)).Estimates;

    public static EstimateCell Cell(this Estimates estimates, TaskComplexity complexity = TaskComplexity.Simple, AgentTaskType type = AgentTaskType.Fix, int candidate = 0) =>
        estimates.Cells[(candidate * Estimates.CellsPerCandidate) + Estimates.CellOf(type, complexity)];

    public static double Mean(this EstimateCell cell) => EstimateCell.First(cell.Success);

    public static double Deviation(this EstimateCell cell) => EstimateCell.Second(cell.Success);

    public static double Seconds(this EstimateCell cell) => EstimateCell.First(cell.Effort);

    public static double Usd(this EstimateCell cell) => EstimateCell.Second(cell.Effort);

    public static void Add(this Estimates estimates, int times, bool succeeded, TaskComplexity complexity = TaskComplexity.Simple)
    {
        for (var i = 0; i < times; i++)
        {
            estimates.Add(0, AgentTaskType.Fix, complexity, succeeded);
        }
    }
}
