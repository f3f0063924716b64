using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Memory for one decision, kept by the thread for its next one.</summary>
/// <remarks>A decision that starts inside another, such as in a host's selection policy, finds none and makes its own.</remarks>
internal sealed class RoutingScratch
{
    /// <summary>The chosen one and the most fallbacks that settings allow.</summary>
    private const int MaxPlaces = 64;

    [ThreadStatic]
    private static RoutingScratch? _free;

    public PooledCandidate[] Pool { get; private set; } = [];

    /// <summary>How many of <see cref="Pool"/> are eligible.</summary>
    public int Eligible { get; set; }

    /// <summary>Places in <see cref="Pool"/>, best first.</summary>
    public int[] Order { get; } = new int[MaxPlaces];

    /// <summary>How many of <see cref="Order"/> are filled.</summary>
    public int Ordered { get; set; }

    public SelectionCandidate[] Custom { get; private set; } = [];

    public BudgetReading[] Budgets { get; private set; } = [];

    public BudgetReading[] ProviderBudgets { get; private set; } = [];

    public ProviderState[] States { get; private set; } = [];

    public EstimateCell[] Cells { get; private set; } = [];

    public ReadOnlySpan<PooledCandidate> EligibleOnes => Pool.AsSpan(0, Eligible);

    public static RoutingScratch Take(RoutingSnapshot snapshot)
    {
        var scratch = _free ?? new RoutingScratch();
        _free = null;
        if (scratch.Pool.Length < snapshot.Count)
        {
            scratch.Grow(snapshot.Count);
        }

        if (scratch.Budgets.Length < snapshot.Budgets.Length)
        {
            scratch.Budgets = new BudgetReading[snapshot.Budgets.Length];
        }

        if (scratch.ProviderBudgets.Length < snapshot.Count * snapshot.ProviderBudgets.Length)
        {
            scratch.ProviderBudgets = new BudgetReading[snapshot.Count * snapshot.ProviderBudgets.Length];
        }

        return scratch;
    }

    public void Return() => _free = this;

    /// <summary>The same frame over copies, so that what is recorded is what was decided by, whatever other threads do meanwhile.</summary>
    public RoutingFrame Freeze(scoped in RoutingFrame frame)
    {
        var count = frame.Snapshot.Count;
        frame.States.CopyTo(States);
        for (var i = 0; i < count; i++)
        {
            Cells[i] = frame.CellOf(i);
        }

        return new RoutingFrame
        {
            Snapshot = frame.Snapshot,
            States = States.AsSpan(0, count),
            Estimates = Cells.AsSpan(0, count),
            Stride = 1,
            Offset = 0,
            Budgets = frame.Budgets,
            ProviderBudgets = frame.ProviderBudgets,
            Pin = frame.Pin,
            Now = frame.Now,
            Seed = frame.Seed,
        };
    }

    private void Grow(int count)
    {
        Pool = new PooledCandidate[count];
        Custom = new SelectionCandidate[count];
        States = new ProviderState[count];
        Cells = new EstimateCell[count];
    }
}
