using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>A copy of everything that spoke against the candidates of one decision, so that the words can be made later.</summary>
internal sealed class RejectedFacts
{
    private readonly ProviderState[] _states;
    private readonly EstimateCell[] _cells;
    private readonly BudgetReading[] _budgets;
    private readonly BudgetReading[] _providerBudgets;
    private readonly HealthBook? _health;
    private readonly RoutingSnapshot _snapshot;
    private readonly RoutingQuery _query;
    private readonly (int Pin, long Now, ulong Seed) _rest;

    public RejectedFacts(in RoutingFrame frame, in RoutingQuery query, HealthBook? health)
    {
        (_snapshot, _query, _rest) = (frame.Snapshot, query, (frame.Pin, frame.Now, frame.Seed));
        _states = frame.States.ToArray();
        _cells = new EstimateCell[_states.Length];
        for (var i = 0; i < _cells.Length; i++)
        {
            _cells[i] = frame.CellOf(i);
        }

        _budgets = frame.Budgets.IsEmpty ? [] : frame.Budgets.ToArray();
        _providerBudgets = frame.ProviderBudgets.IsEmpty ? [] : frame.ProviderBudgets.ToArray();

        // What checks said is read when somebody asks: a newer word says more.
        _health = health;
    }

    public RoutingFrame Frame => new()
    {
        Snapshot = _snapshot,
        States = _states,
        Estimates = _cells,
        Stride = 1,
        Offset = 0,
        Budgets = _budgets,
        ProviderBudgets = _providerBudgets,
        Pin = _rest.Pin,
        Now = _rest.Now,
        Seed = _rest.Seed,
    };

    public CandidateExplanation Explain(int candidate)
    {
        var found = CandidateReasons.Find(Frame, _query, candidate, out var until);
        return new CandidateExplanation(() => Words(candidate))
        {
            Provider = _snapshot.Names[candidate],
            Rejection = CandidateReasons.First(found),
            Until = until == 0 ? null : new DateTimeOffset(until, TimeSpan.Zero),
        };
    }

    private ValueList<RejectionDetail> Words(int candidate) => new RejectionWords(Frame, _query, candidate, _health).All();
}
