using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Recording;

/// <summary>What a decision was made of, restored.</summary>
internal sealed record RecordedFrame(
    ProviderState[] States, EstimateCell[] Cells, BudgetReading[] Budgets, BudgetReading[] ProviderBudgets, int Pin, long Now)
{
    /// <summary>Whether the candidates are those of a snapshot.</summary>
    public bool Fits(RoutingSnapshot snapshot) => States.Length == snapshot.Count && Pin < snapshot.Count;

    /// <summary>The frame under a snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="seed">The chance.</param>
    /// <param name="withBudgets">Whether the budgets of the snapshot are those that were read; otherwise none counts.</param>
    public RoutingFrame ToFrame(RoutingSnapshot snapshot, ulong seed, bool withBudgets) => new()
    {
        Snapshot = snapshot,
        States = States,
        Estimates = Cells,
        Stride = 1,
        Offset = 0,
        Budgets = withBudgets ? Budgets : [],
        ProviderBudgets = withBudgets ? ProviderBudgets : [],
        Pin = Pin,
        Now = Now,
        Seed = seed,
    };
}
