using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.Sticky;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Chooses a provider among those that can do a task: the task's own, a rule's, an experiment's, or by the selection policy over the expected cost.</summary>
/// <remarks>
/// Thread-safe, without locks, in memory. A decision with a provider allocates nothing once its order of fallbacks and its session were seen before; a rejection does, because
/// it carries every reason. When the chosen provider's circuit breaker is half-open, <see cref="Route"/> takes its only probe. <see cref="Explain"/> tells what the next
/// <see cref="Route"/> of the same thread would decide, and leaves everything as it is.
/// </remarks>
public sealed class ProviderRouter : IProviderRouter
{
    private readonly ProviderRegistry _registry;
    private readonly TimeProvider _time;
    private readonly DecisionIds _ids = new();
    private readonly ILogger<ProviderRouter> _logger;
    private readonly RoutingMetrics? _metrics;

    /// <summary>Creates a router.</summary>
    /// <param name="registry">The providers.</param>
    /// <param name="timeProvider">The clock; <see langword="null"/> for the system's.</param>
    /// <param name="logger">Where decisions (Debug) and changes of health are logged; <see langword="null"/> for nowhere.</param>
    /// <param name="meterFactory">Makes the meter; <see langword="null"/> measures nothing.</param>
    public ProviderRouter(
        ProviderRegistry registry, TimeProvider? timeProvider = null, ILogger<ProviderRouter>? logger = null, IMeterFactory? meterFactory = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        _registry = registry;
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<ProviderRouter>.Instance;
        _metrics = meterFactory is null ? null : new RoutingMetrics(meterFactory);
    }

    /// <summary>Sees every decision and outcome; null when nobody does.</summary>
    internal IRoutingObserver? Observer { get; set; }

    internal RoutingMetrics? Metrics => _metrics;

    /// <inheritdoc/>
    public RoutingDecision Route(AgentTask task, RoutingConstraints? constraints = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        using var activity = RoutingActivity.StartDecision(task);
        var now = _time.GetUtcNow();
        var snapshot = _registry.Snapshot;
        var query = new RoutingQuery(task, constraints, snapshot);
        var scratch = RoutingScratch.Take(snapshot);
        RoutingDecision decision;
        try
        {
            decision = Decide(snapshot, query, scratch, now);
        }
        finally
        {
            scratch.Return();
        }

        _metrics?.Decided(decision);
        RoutingActivity.End(activity, decision);
        if (decision.IsRejected)
        {
            Log.Rejected(_logger, task.Id, decision.Rejection!.Message);
        }
        else if (_logger.IsEnabled(LogLevel.Debug))
        {
            Log.Decided(_logger, task.Id, decision.Provider!, decision.Reason, decision.Score, decision.Id);
        }

        return decision;
    }

    /// <inheritdoc/>
    public RoutingExplanation Explain(AgentTask task, RoutingConstraints? constraints = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var now = _time.GetUtcNow();
        var snapshot = _registry.Snapshot;
        var query = new RoutingQuery(task, constraints, snapshot);
        var scratch = RoutingScratch.Take(snapshot);
        var number = _ids.Peek();
        try
        {
            // A copy, so that the reasons, the scores and the decision speak of one moment.
            var frame = scratch.Freeze(Look(snapshot, query, scratch, now.UtcTicks, DecisionIds.SeedOf(snapshot.Config.Seed, number), out _));
            return RoutingPipeline.Explain(frame, query, _ids.ToDryId(number, now), _registry.Health);
        }
        finally
        {
            scratch.Return();
        }
    }

    /// <inheritdoc/>
    /// <remarks>An outcome of a provider that this router does not know is logged and otherwise ignored.</remarks>
    public void Report(in ExecutionOutcome outcome)
    {
        var snapshot = _registry.Snapshot;
        if (outcome.Provider is null || !snapshot.Indexes.TryGetValue(outcome.Provider, out var candidate))
        {
            Log.UnknownProvider(_logger, outcome.Provider ?? "");
            return;
        }

        Observer?.Reported(outcome);
        _metrics?.Reported(outcome);
        if (outcome.Stage == OutcomeStage.Verified)
        {
            if (outcome.Failure is not { } failure || FailureEffects.SaysSomethingAboutQuality(failure))
            {
                _registry.Estimates.Add(candidate, outcome.TaskType, outcome.Complexity, outcome.Succeeded);
            }

            return;
        }

        if (outcome.Succeeded || outcome.Failure is FailureClass.NoChanges)
        {
            _registry.Estimates.AddEffort(candidate, outcome.TaskType, outcome.Complexity, outcome.Duration, outcome.CostUsd);
        }

        Changed(snapshot.Names[candidate], outcome, _registry.Health.Report(snapshot, candidate, outcome, _time.GetUtcNow().UtcTicks));
    }

    /// <summary>Gives the probe of a half-open breaker back that a decision took and no attempt used. Nothing else is told by it, and nothing happens when the decision took none.</summary>
    internal void ReleaseProbe(in RoutingDecision decision)
    {
        if (decision.Provider is { } provider && _registry.Snapshot.Indexes.TryGetValue(provider, out var candidate))
        {
            _registry.Health.ReleaseProbe(candidate, decision.Id);
        }
    }

    private void Changed(string provider, in ExecutionOutcome outcome, HealthChange change)
    {
        switch (change.Kind)
        {
            case HealthChangeKind.BreakerOpened:
                Log.BreakerOpened(_logger, provider, outcome.Failure ?? FailureClass.Unknown, new DateTimeOffset(change.Until, TimeSpan.Zero));
                _metrics?.BreakerChanged(provider, "open");
                break;
            case HealthChangeKind.BreakerClosed:
                Log.BreakerClosed(_logger, provider);
                _metrics?.BreakerChanged(provider, "closed");
                break;
            case HealthChangeKind.Waits:
                Log.Waits(_logger, provider, outcome.Failure ?? FailureClass.Unknown, new DateTimeOffset(change.Until, TimeSpan.Zero));
                break;
        }
    }

    private RoutingDecision Decide(RoutingSnapshot snapshot, in RoutingQuery query, RoutingScratch scratch, DateTimeOffset now)
    {
        var number = _ids.Next();
        var id = _ids.ToId(number, now);
        var observer = snapshot.Config.Options.RecordDecisions ? Observer : null;
        var isFrozen = observer is not null;
        while (true)
        {
            var frame = Look(snapshot, query, scratch, now.UtcTicks, DecisionIds.SeedOf(snapshot.Config.Seed, number), out var session);
            if (isFrozen)
            {
                frame = scratch.Freeze(frame);
            }

            var choice = RoutingPipeline.Choose(frame, query, scratch);
            if (choice.Place == Choice.None && !isFrozen)
            {
                // Nobody, as it seems: looked at again over a copy, so that every reason speaks of the moment in which there was nobody.
                isFrozen = true;
                continue;
            }

            // Somebody else may have taken the probe of a half-open breaker meanwhile; then the candidate is out, and the others are looked at again.
            if (choice.Place != Choice.None && !_registry.Health.TryEnter(scratch.Pool[choice.Place].Candidate, frame.Now, snapshot.Config.ProbeTimeout, id))
            {
                continue;
            }

            if (choice.Fault is not null)
            {
                Log.SelectionPolicyFailed(_logger, choice.Fault, query.Method.Name, query.Task.Id);
            }

            var decision = choice.Place == Choice.None
                ? RoutingPipeline.Reject(frame, query, id, _registry.Health)
                : RoutingPipeline.Compose(frame, query, scratch, choice, id);
            if (query.Session != SessionKeys.None && choice.Place != Choice.None)
            {
                _registry.Sessions.Pin(snapshot, query.Session, session, scratch.Pool[choice.Place].Candidate, frame.Now);
            }

            observer?.Decided(decision, query.Task, query.Constraints, frame, isShadow: false);
            if (observer is not null && query.HasShadow)
            {
                RecordShadow(observer, frame, query, scratch, _ids.ToShadowId(number, now));
            }

            return decision;
        }
    }

    // What the arm of an experiment that only looks on would have decided at the same moment. Nothing is reserved, pinned or counted for it; the chance is the decision's own.
    private void RecordShadow(IRoutingObserver observer, scoped in RoutingFrame frame, in RoutingQuery decided, RoutingScratch scratch, Guid id)
    {
        var query = new RoutingQuery(decided.Task, decided.Constraints, frame.Snapshot, asShadow: true);
        var choice = RoutingPipeline.Choose(frame, query, scratch);
        if (choice.Fault is not null)
        {
            Log.SelectionPolicyFailed(_logger, choice.Fault, query.Method.Name, query.Task.Id);
        }

        var decision = choice.Place == Choice.None
            ? RoutingPipeline.Reject(frame, query, id, _registry.Health)
            : RoutingPipeline.Compose(frame, query, scratch, choice, id);
        observer.Decided(decision, query.Task, query.Constraints, frame, isShadow: true);
    }

    // The live state as a decision sees it.
    private RoutingFrame Look(RoutingSnapshot snapshot, in RoutingQuery query, RoutingScratch scratch, long now, ulong seed, out Session? session)
    {
        session = null;
        Span<BudgetReading> shared = [];
        Span<BudgetReading> own = [];
        if (snapshot.HasSharedBudgets)
        {
            shared = scratch.Budgets.AsSpan(0, snapshot.Budgets.Length);
            _registry.Budgets.Read(snapshot, BudgetBook.TenantOf(query.Task, snapshot.Config.TenantLabel), query.Task.Id, now, shared);
        }

        if (snapshot.HasProviderBudgets)
        {
            own = scratch.ProviderBudgets.AsSpan(0, snapshot.Count * snapshot.ProviderBudgets.Length);
            _registry.Budgets.ReadProviders(snapshot, now, own);
        }

        return new RoutingFrame
        {
            Snapshot = snapshot,
            States = _registry.States,
            Estimates = _registry.Estimates.Cells,
            Stride = Estimates.CellsPerCandidate,
            Offset = Estimates.CellOf(query.Task.Type, query.Complexity),
            Budgets = shared,
            ProviderBudgets = own,
            Pin = query.Session == SessionKeys.None ? SessionTable.NoPin : _registry.Sessions.Find(snapshot, query.Session, now, out session),
            Now = now,
            Seed = seed,
        };
    }
}
