using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Decisions;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Recording;

/// <summary>A decision or an outcome on its way to the log. Used again and again, so that recording allocates nothing on the path of a decision.</summary>
internal sealed class PendingRecord
{
    private ProviderState[] _states = [];
    private EstimateCell[] _cells = [];
    private BudgetReading[] _budgets = [];
    private BudgetReading[] _providerBudgets = [];
    private int _candidates;
    private int _budgetCount;
    private int _providerBudgetCount;
    private int _pin;
    private long _now;

    public RoutingDecision Decision { get; private set; }

    public AgentTask? Task { get; private set; }

    public RoutingConstraints? Constraints { get; private set; }

    /// <summary>What the decision was made with; null for anything but a decision.</summary>
    public RoutingSnapshot? Snapshot { get; private set; }

    /// <summary>Whether a shadow decided.</summary>
    public bool IsShadow { get; private set; }

    /// <summary>An outcome; null for anything else.</summary>
    public RecordedOutcome? Outcome { get; private set; }

    /// <summary>Somebody who waits until all before it is written; null for anything else.</summary>
    public TaskCompletionSource? Waiter { get; init; }

    /// <summary>When it was decided, UTC ticks.</summary>
    public long Now => _now;

    /// <summary>Copies everything that the decision was made of.</summary>
    public void Set(in RoutingDecision decision, AgentTask task, RoutingConstraints? constraints, in RoutingFrame frame, bool isShadow)
    {
        IsShadow = isShadow;
        (Decision, Task, Constraints, Snapshot, Outcome) = (decision, task, constraints, frame.Snapshot, null);
        (_candidates, _budgetCount, _providerBudgetCount) = (frame.Snapshot.Count, frame.Budgets.Length, frame.ProviderBudgets.Length);
        (_pin, _now) = (frame.Pin, frame.Now);
        Reserve();
        frame.States[.._candidates].CopyTo(_states);
        for (var i = 0; i < _candidates; i++)
        {
            _cells[i] = frame.CellOf(i);
        }

        frame.Budgets.CopyTo(_budgets);
        frame.ProviderBudgets.CopyTo(_providerBudgets);
    }

    public void Set(RecordedOutcome outcome) => (Decision, Task, Constraints, Snapshot, Outcome) = (default, null, null, null, outcome);

    /// <summary>Lets go of everything that belongs to others.</summary>
    public void Clear() => (Decision, Task, Constraints, Snapshot, Outcome) = (default, null, null, null, null);

    /// <summary>The frame as it stands in the record.</summary>
    public string EncodeState() => FrameCodec.Encode(Frame());

    private RoutingFrame Frame() => new()
    {
        Snapshot = Snapshot!,
        States = _states.AsSpan(0, _candidates),
        Estimates = _cells.AsSpan(0, _candidates),
        Stride = 1,
        Offset = 0,
        Budgets = _budgets.AsSpan(0, _budgetCount),
        ProviderBudgets = _providerBudgets.AsSpan(0, _providerBudgetCount),
        Pin = _pin,
        Now = _now,
        Seed = Decision.Seed,
    };

    private void Reserve()
    {
        if (_states.Length < _candidates)
        {
            (_states, _cells) = (new ProviderState[_candidates], new EstimateCell[_candidates]);
        }

        if (_budgets.Length < _budgetCount)
        {
            _budgets = new BudgetReading[_budgetCount];
        }

        if (_providerBudgets.Length < _providerBudgetCount)
        {
            _providerBudgets = new BudgetReading[_providerBudgetCount];
        }
    }
}
