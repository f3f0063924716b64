using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Everything that a decision depends on beside the task and the constraints. The same frame always gives the same decision, whether its spans lie over live arrays or over copies.</summary>
internal ref struct RoutingFrame
{
    /// <summary>Settings and providers.</summary>
    public required RoutingSnapshot Snapshot { get; init; }

    /// <summary>Health, load and limits, by candidate.</summary>
    public required Span<ProviderState> States { get; init; }

    /// <summary>What is believed: the cell of a candidate is at <c>candidate * Stride + Offset</c>.</summary>
    public required ReadOnlySpan<EstimateCell> Estimates { get; init; }

    /// <summary>From one candidate's cell to the next one's.</summary>
    public required int Stride { get; init; }

    /// <summary>The first candidate's cell: that of the task's type and complexity.</summary>
    public required int Offset { get; init; }

    /// <summary>One reading for each budget of the settings; empty when none is shared between providers.</summary>
    public ReadOnlySpan<BudgetReading> Budgets { get; init; }

    /// <summary>The readings of the first candidate's own budgets, then those of the second, and so on; empty when there are no such budgets.</summary>
    public ReadOnlySpan<BudgetReading> ProviderBudgets { get; init; }

    /// <summary>The candidate that the session is with; -1 when there is none.</summary>
    public required int Pin { get; init; }

    /// <summary>UTC ticks.</summary>
    public required long Now { get; init; }

    /// <summary>All chance of the decision.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The readings of a candidate's own budgets, in the order of the settings.</summary>
    public readonly ReadOnlySpan<BudgetReading> ProviderBudgetsOf(int candidate)
    {
        var each = ProviderBudgets.Length / Snapshot.Count;
        return ProviderBudgets.Slice(candidate * each, each);
    }

    public readonly EstimateCell CellOf(int candidate) => Estimates[(candidate * Stride) + Offset];
}
