using System.Globalization;
using Orchestrator.Json;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Puts into words what speaks against one candidate, each with the value against the limit.</summary>
internal readonly ref struct RejectionWords
{
    private readonly RoutingFrame _frame;
    private readonly RoutingQuery _query;
    private readonly RoutingSnapshot _snapshot;
    private readonly int _candidate;
    private readonly string? _healthMessage;
    private readonly List<RejectionDetail> _details = [];

    public RejectionWords(in RoutingFrame frame, in RoutingQuery query, int candidate, HealthBook? health)
    {
        _frame = frame;
        (_query, _snapshot, _candidate) = (query, frame.Snapshot, candidate);
        _healthMessage = health?.CheckOf(candidate)?.Health.Message;
    }

    public ValueList<RejectionDetail> All()
    {
        var found = CandidateReasons.Find(_frame, _query, _candidate, out _);
        foreach (var reason in CandidateReasons.Order)
        {
            if (CandidateReasons.Has(found, reason))
            {
                Say(reason);
            }
        }

        return [.. _details];
    }

    private void Say(RejectionReason reason)
    {
        switch (reason)
        {
            case RejectionReason.Policy: SayPolicy(); break;
            case RejectionReason.ContextWindow: SayContextWindow(); break;
            case RejectionReason.PriceCeiling or RejectionReason.Budget: SayMoney(reason); break;
            case RejectionReason.RateLimited: SayRates(); break;
            case RejectionReason.Unhealthy or RejectionReason.BreakerOpen or RejectionReason.HalfOpenBusy or RejectionReason.QuotaExhausted: SayHealth(reason); break;
            default: SayDeclared(reason); break;
        }
    }

    private void SayDeclared(RejectionReason reason)
    {
        var (task, provider, state) = (_query.Task, _snapshot.Providers[_candidate], _frame.States[_candidate]);
        var own = provider.Descriptor;
        var (value, limit, text) = reason switch
        {
            RejectionReason.Disabled => (null, null, provider.DisabledBecause ?? ""),
            RejectionReason.Draining => (null, null, provider.IsDraining ? "takes no new work by its settings" : "takes no new work: it is drained"),
            RejectionReason.NotRequested => (own.Name, task.Provider, $"the task names {task.Provider}"),
            RejectionReason.Rule => (own.Name, _query.Target!.Place, $"{_query.Target.Words} sends the task elsewhere: {_query.Target.Place}"),
            RejectionReason.TaskType => Pair(task.Type.ToName(), Names(own.TaskTypes.Select(type => type.ToName())), "the task is {0}; takes {1}"),
            RejectionReason.Source => Pair(task.Source.Kind.ToName(), Names(own.Sources.Select(source => source.ToName())), "the source is {0}; serves {1}"),
            RejectionReason.Capability => Pair(Names(task.Requires.Except(own.Capabilities, StringComparer.OrdinalIgnoreCase)), Names(own.Capabilities), "needs {0}; has {1}"),
            RejectionReason.Saturated => Pair(Number(state.InFlight), Number(_snapshot.ConcurrentLimits[_candidate]), "runs {0} executions; the limit is {1}"),
            RejectionReason.AlreadyTried => (null, null, "was tried for this task already"),
            _ => ((string?)null, (string?)null, "the caller excluded it"),
        };
        Add(reason, text, value, limit);
    }

    private void SayPolicy()
    {
        if (_query.Target is { IsDenying: true } target && target.Denied.Holds(_candidate))
        {
            Add(RejectionReason.Policy, $"{target.Words} denies it", _snapshot.Names[_candidate], target.Place);
        }

        if (_query.HasRegions && !CandidateFilter.IsInRegions(_snapshot, _query, _candidate))
        {
            var regions = _snapshot.Providers[_candidate].Descriptor.DataResidency;
            var allowed = Names(_query.Task.DataResidency);
            Add(
                RejectionReason.Policy,
                regions.Count == 0 ? $"the data must stay in {allowed}; it does not say where it processes data" : $"the data must stay in {allowed}; it processes data in {Names(regions)}",
                Names(regions),
                allowed);
        }
    }

    private void SayContextWindow()
    {
        var largest = Number(_snapshot.Rows[_candidate].Models.Max(some => some.ContextWindow));
        var needed = _query.EstimatedTokens ?? 0;
        var (value, limit, text) = needed > _query.MoreContextThan
            ? Pair(Number(needed), largest, "the request has about {0} tokens; the largest context window has {1}")
            : Pair(Number(_query.MoreContextThan), largest, "the request did not fit {0} tokens; the largest context window has {1}");
        Add(RejectionReason.ContextWindow, text, value, limit);
    }

    private void SayMoney(RejectionReason reason)
    {
        var price = CandidateEvaluator.Price(_frame, _query, _candidate, CandidateEvaluator.SelectModel(_snapshot, _query, _candidate));
        if (reason == RejectionReason.PriceCeiling)
        {
            var (value, limit, text) = Pair(Usd(price), Usd(_query.MaxCostUsd), _query.Constraints?.RemainingUsd is null
                ? "costs about {0} USD; the task may cost {1} USD"
                : "costs about {0} USD; the task may cost {1} USD more");
            Add(reason, text, value, limit);
            return;
        }

        for (var i = 0; i < _frame.Budgets.Length; i++)
        {
            SayBudget(_snapshot.Budgets[i], _frame.Budgets[i], price);
        }

        var own = _frame.ProviderBudgetsOf(_candidate);
        for (var i = 0; i < own.Length; i++)
        {
            SayBudget(_snapshot.ProviderBudgets[i], own[i], price);
        }
    }

    private void SayBudget(BudgetConfig budget, in BudgetReading reading, double price)
    {
        if (!CandidateFilter.IsShort(reading, price, _query.ExpectedTokens))
        {
            return;
        }

        var isMoney = CandidateFilter.IsShort(reading with { Tokens = long.MaxValue }, price, 0);
        var (value, limit, text) = isMoney
            ? Pair(Usd(price), Usd(reading.NanoUsd / 1e9), $"costs about {{0}} USD; budget '{budget.Name}' has {{1}} USD left")
            : Pair(Number(_query.ExpectedTokens), Number(reading.Tokens), $"uses about {{0}} tokens; budget '{budget.Name}' has {{1}} left");

        // What is above the whole cap fits no later window either.
        Add(RejectionReason.Budget, text, value, limit, CandidateFilter.IsAbove(budget, price, _query.ExpectedTokens) ? 0 : reading.Until);
    }

    private void SayRates()
    {
        var state = _frame.States[_candidate];
        var limits = _snapshot.Providers[_candidate].Descriptor.Limits;
        AddUntil(RejectionReason.RateLimited, "asked us to wait", state.LimitedUntil);
        AddUntil(RejectionReason.RateLimited, $"our own limit is {Number(limits.RequestsPerMinute ?? 0)} executions a minute", state.RequestsFrom);
        AddUntil(RejectionReason.RateLimited, $"our own limit is {Number(limits.TokensPerMinute ?? 0)} tokens a minute", state.TokensFrom);
    }

    // The check's own words name the fix: what is to be installed, which secret is missing.
    private void SayHealth(RejectionReason reason)
    {
        var state = _frame.States[_candidate];
        var (text, until) = reason switch
        {
            RejectionReason.BreakerOpen => ("failed too often", state.OpenUntil),
            RejectionReason.HalfOpenBusy => ("failed too often; one probe runs", state.ProbeUntil),
            RejectionReason.QuotaExhausted => ("its quota is used up", state.QuotaUntil),
            _ => ("the last health check says that it cannot work" + (string.IsNullOrEmpty(_healthMessage) ? "" : ": " + _healthMessage.TrimEnd('.')), state.UnhealthyUntil),
        };
        AddUntil(reason, text, until);
        if (reason == RejectionReason.QuotaExhausted && CandidateFilter.IsDayUsedUp(_snapshot, ref _frame.States[_candidate], _frame.Now, _candidate))
        {
            AddUntil(reason, $"our own limit is {Number(_snapshot.DayLimits[_candidate])} executions a day", DayLimit.Next(_frame.Now));
        }
    }

    private void AddUntil(RejectionReason reason, string text, long until)
    {
        if (until > _frame.Now)
        {
            Add(reason, text, until: until);
        }
    }

    private void Add(RejectionReason reason, string text, string? value = null, string? limit = null, long until = 0)
    {
        DateTimeOffset? end = until == 0 ? null : new DateTimeOffset(until, TimeSpan.Zero);
        _details.Add(new RejectionDetail
        {
            Reason = reason,
            Value = value,
            Limit = limit,
            Until = end,
            Text = end is null ? text : string.Create(CultureInfo.InvariantCulture, $"{text}; until {end:yyyy-MM-dd HH:mm:ss}Z"),
        });
    }

    private static (string? Value, string? Limit, string Text) Pair(string value, string limit, string format) =>
        (value, limit, format.Replace("{0}", value, StringComparison.Ordinal).Replace("{1}", limit, StringComparison.Ordinal));

    private static string Usd(double amount) => amount.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "nothing";
}
