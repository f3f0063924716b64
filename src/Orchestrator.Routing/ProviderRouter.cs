using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Providers;
using Orchestrator.Routing.Diagnostics;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Selection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Tasks;

namespace Orchestrator.Routing;

/// <summary>Chooses the provider with the least expected cost among those that can do a task.</summary>
/// <remarks>
/// Thread-safe, without locks, in memory. A decision with a provider allocates nothing once its order of fallbacks was seen before; a rejection does, because
/// it carries every reason. When the chosen provider's circuit breaker is half-open, <see cref="Route"/> takes its only probe.
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

    /// <inheritdoc/>
    public RoutingDecision Route(AgentTask task, RoutingConstraints? constraints = null)
    {
        ArgumentNullException.ThrowIfNull(task);
        var now = _time.GetUtcNow();
        var snapshot = _registry.Snapshot;
        var query = new RoutingQuery(task, constraints, snapshot, now);
        var decision = Choose(snapshot, query, now, isDryRun: false);
        _metrics?.Decided(decision);
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
        var query = new RoutingQuery(task, constraints, snapshot, now);
        return new RoutingExplanation
        {
            TaskId = task.Id,
            Decision = Choose(snapshot, query, now, isDryRun: true),
            Candidates = RoutingExplainer.Explain(snapshot, _registry, query),
        };
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

        if (outcome.Stage == OutcomeStage.Verified)
        {
            if (outcome.Failure is not { } failure || FailureEffects.SaysSomethingAboutQuality(failure))
            {
                _registry.Estimates.Add(candidate, outcome.TaskType, outcome.Succeeded);
            }

            return;
        }

        if (outcome.Failure is { } ended)
        {
            ReportFailure(snapshot, candidate, ended, outcome.RetryAfter);
        }
        else if (CircuitBreaker.Close(ref _registry.States[candidate]))
        {
            Log.BreakerClosed(_logger, snapshot.Names[candidate]);
            _metrics?.BreakerChanged(snapshot.Names[candidate], "closed");
        }
    }

    private void ReportFailure(RoutingSnapshot snapshot, int candidate, FailureClass failure, TimeSpan? retryAfter)
    {
        ref var state = ref _registry.States[candidate];
        var config = snapshot.Config;
        var now = _time.GetUtcNow().UtcTicks;
        switch (FailureEffects.Of(failure))
        {
            case FailureEffect.Failure:
                Opened(snapshot, candidate, failure, CircuitBreaker.Fail(ref state, now, retryAfter, config, (ulong)candidate));
                break;
            case FailureEffect.Fatal:
                Opened(snapshot, candidate, failure, CircuitBreaker.FailFatally(ref state, now, retryAfter, config));
                break;
            case FailureEffect.RateLimited:
                Waits(snapshot, candidate, failure, CircuitBreaker.Raise(ref state.LimitedUntil, now + CircuitBreaker.Clamp(retryAfter ?? config.RateLimitDelay).Ticks));
                CircuitBreaker.Release(ref state);
                break;
            case FailureEffect.Quota:
                Waits(snapshot, candidate, failure, CircuitBreaker.Raise(ref state.QuotaUntil, now + CircuitBreaker.Clamp(retryAfter ?? config.QuotaDelay).Ticks));
                CircuitBreaker.Release(ref state);
                break;
            default:
                CircuitBreaker.Release(ref state);
                break;
        }
    }

    private void Opened(RoutingSnapshot snapshot, int candidate, FailureClass failure, long until)
    {
        if (until != 0)
        {
            Log.BreakerOpened(_logger, snapshot.Names[candidate], failure, new DateTimeOffset(until, TimeSpan.Zero));
            _metrics?.BreakerChanged(snapshot.Names[candidate], "open");
        }
    }

    private void Waits(RoutingSnapshot snapshot, int candidate, FailureClass failure, long until) =>
        Log.Waits(_logger, snapshot.Names[candidate], failure, new DateTimeOffset(until, TimeSpan.Zero));

    private RoutingDecision Choose(RoutingSnapshot snapshot, in RoutingQuery query, DateTimeOffset now, bool isDryRun)
    {
        Span<RankedCandidate> places = stackalloc RankedCandidate[snapshot.Config.MaxFallbacks + 1];
        while (true)
        {
            var ranking = new Ranking(places);
            Rank(snapshot, query, ref ranking);
            if (ranking.Eligible == 0)
            {
                return Reject(snapshot, query, now);
            }

            // Somebody else may have taken the probe of a half-open breaker meanwhile; then the candidate is out, and the others are ranked again.
            var chosen = ranking.Best[0];
            if (isDryRun || CircuitBreaker.TryEnter(ref _registry.States[chosen.Candidate], query.Now, snapshot.Config.ProbeTimeout))
            {
                return Decide(snapshot, query, ranking, now);
            }
        }
    }

    private void Rank(RoutingSnapshot snapshot, in RoutingQuery query, ref Ranking ranking)
    {
        var (first, end) = (0, snapshot.Count);
        if (query.Task.Provider is { } requested)
        {
            (first, end) = snapshot.Indexes.TryGetValue(requested, out var index) ? (index, index + 1) : (0, 0);
        }

        var states = _registry.States;
        for (var i = first; i < end; i++)
        {
            ref var state = ref states[i];
            if (!CandidateEvaluator.IsEligible(snapshot, ref state, query, i))
            {
                continue;
            }

            var model = CandidateEvaluator.SelectModel(snapshot, query, i);
            var price = CandidateEvaluator.Price(snapshot, query, i, model);
            if (model != CandidateEvaluator.NoModel && price <= query.MaxCostUsd)
            {
                var score = CandidateEvaluator.Score(snapshot, _registry.Estimates, query, i, model, price).Total;
                ranking.Add(new RankedCandidate(i, model, score, Volatile.Read(ref state.OpenUntil) != 0));
            }
        }
    }

    private RoutingDecision Decide(RoutingSnapshot snapshot, in RoutingQuery query, in Ranking ranking, DateTimeOffset now)
    {
        // A half-open provider is left out of the fallbacks: only a decision may take its probe.
        Span<int> order = stackalloc int[ranking.Best.Length];
        var count = 0;
        foreach (ref readonly var next in ranking.Best[1..])
        {
            if (!next.IsHalfOpen)
            {
                order[count++] = next.Candidate;
            }
        }

        ref readonly var best = ref ranking.Best[0];
        return new RoutingDecision
        {
            Id = _ids.Next(now),
            Provider = snapshot.Names[best.Candidate],
            Model = CandidateEvaluator.ModelName(snapshot, query, best.Candidate, best.Model),
            Fallbacks = snapshot.Fallbacks.Get(order[..count]),
            Reason = query.Task.Provider is not null ? RoutingReason.Override
                : ranking.Eligible == 1 ? RoutingReason.OnlyCandidate
                : RoutingReason.BestScore,
            Score = best.Score,
            SnapshotVersion = snapshot.Version,
        };
    }

    private RoutingDecision Reject(RoutingSnapshot snapshot, in RoutingQuery query, DateTimeOffset now)
    {
        var candidates = RoutingExplainer.Explain(snapshot, _registry, query);
        return new RoutingDecision
        {
            Id = _ids.Next(now),
            Reason = RoutingReason.NoCandidate,
            SnapshotVersion = snapshot.Version,
            Rejection = RoutingExplainer.Reject(snapshot, query.Task.Provider, candidates),
        };
    }
}
