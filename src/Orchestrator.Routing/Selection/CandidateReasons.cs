using System.Globalization;
using Orchestrator.Json;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Every reason why a candidate cannot do a task, with the value against the limit. Slower than <see cref="CandidateEvaluator"/> and of one mind with it.</summary>
internal static class CandidateReasons
{
    public static List<CandidateReason> Find(RoutingSnapshot snapshot, ProviderRegistry registry, in RoutingQuery query, int candidate)
    {
        var reasons = new List<CandidateReason>();
        AddDeclared(snapshot, query, candidate, reasons);
        AddPrice(snapshot, query, candidate, reasons);
        AddState(snapshot, registry, query, candidate, reasons);
        AddConstraints(snapshot, query, candidate, reasons);
        return reasons;
    }

    private static void AddDeclared(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, List<CandidateReason> reasons)
    {
        var task = query.Task;
        var descriptor = snapshot.Providers[candidate].Descriptor;
        if ((snapshot.Traits[candidate] & CandidateTraits.Enabled) == 0)
        {
            reasons.Add(new(RejectionReason.Disabled, "switched off in the configuration"));
        }

        if (task.Provider is { } requested && !string.Equals(requested, descriptor.Name, StringComparison.OrdinalIgnoreCase))
        {
            reasons.Add(new(RejectionReason.NotRequested, $"the task names {requested}"));
        }

        if ((snapshot.Traits[candidate] & CandidateTraits.Of(task.Type)) == 0)
        {
            reasons.Add(new(RejectionReason.TaskType, $"the task is {task.Type.ToName()}; takes {Names(descriptor.TaskTypes.Select(type => type.ToName()))}"));
        }

        if ((snapshot.Traits[candidate] & CandidateTraits.Of(task.Source.Kind)) == 0)
        {
            reasons.Add(new(
                RejectionReason.Source, $"the source is {task.Source.Kind.ToName()}; serves {Names(descriptor.Sources.Select(source => source.ToName()))}"));
        }

        var missing = task.Requires.Except(descriptor.Capabilities, StringComparer.OrdinalIgnoreCase).ToList();
        if (missing.Count > 0)
        {
            reasons.Add(new(RejectionReason.Capability, $"needs {Names(missing)}; has {Names(descriptor.Capabilities)}"));
        }
    }

    private static void AddPrice(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, List<CandidateReason> reasons)
    {
        var model = CandidateEvaluator.SelectModel(snapshot, query, candidate);
        if (model == CandidateEvaluator.NoModel)
        {
            var largest = snapshot.Models[candidate].Max(some => some.ContextWindow);
            reasons.Add(new(RejectionReason.ContextWindow, string.Create(
                CultureInfo.InvariantCulture, $"the request has about {query.EstimatedTokens} tokens; the largest context window has {largest}")));
        }

        var price = CandidateEvaluator.Price(snapshot, query, candidate, model);
        if (price > query.MaxCostUsd)
        {
            reasons.Add(new(RejectionReason.PriceCeiling, string.Create(
                CultureInfo.InvariantCulture, $"costs about {price:0.0000} USD; the task may cost {query.MaxCostUsd:0.0000} USD")));
        }
    }

    private static void AddState(RoutingSnapshot snapshot, ProviderRegistry registry, in RoutingQuery query, int candidate, List<CandidateReason> reasons)
    {
        ref var state = ref registry.States[candidate];
        AddUntil(RejectionReason.Unhealthy, Unhealthy(Volatile.Read(ref registry.HealthMessages[candidate])), Volatile.Read(ref state.UnhealthyUntil), query.Now, reasons);
        var open = Volatile.Read(ref state.OpenUntil);
        AddUntil(RejectionReason.BreakerOpen, "failed too often", open, query.Now, reasons);
        if (open != 0 && open <= query.Now)
        {
            AddUntil(RejectionReason.HalfOpenBusy, "failed too often; one probe runs", Volatile.Read(ref state.ProbeUntil), query.Now, reasons);
        }

        AddUntil(RejectionReason.RateLimited, "asked us to wait", Volatile.Read(ref state.LimitedUntil), query.Now, reasons);
        AddUntil(RejectionReason.QuotaExhausted, "its quota is used up", Volatile.Read(ref state.QuotaUntil), query.Now, reasons);
        var inFlight = Volatile.Read(ref state.InFlight);
        if (inFlight >= snapshot.ConcurrentLimits[candidate])
        {
            reasons.Add(new(RejectionReason.Saturated, string.Create(
                CultureInfo.InvariantCulture, $"runs {inFlight} executions; the limit is {snapshot.ConcurrentLimits[candidate]}")));
        }
    }

    private static void AddConstraints(RoutingSnapshot snapshot, in RoutingQuery query, int candidate, List<CandidateReason> reasons)
    {
        if (query.Constraints is not { } constraints)
        {
            return;
        }

        if (RoutingQuery.Holds(constraints.AlreadyTried, snapshot.Names[candidate]))
        {
            reasons.Add(new(RejectionReason.AlreadyTried, "was tried for this task already"));
        }

        if (RoutingQuery.Holds(constraints.Excluded, snapshot.Names[candidate]))
        {
            reasons.Add(new(RejectionReason.Excluded, "the caller excluded it"));
        }
    }

    private static void AddUntil(RejectionReason reason, string text, long until, long now, List<CandidateReason> reasons)
    {
        if (until > now)
        {
            var time = new DateTimeOffset(until, TimeSpan.Zero);
            reasons.Add(new(reason, string.Create(CultureInfo.InvariantCulture, $"{text}; until {time:yyyy-MM-dd HH:mm:ss}Z"), time));
        }
    }

    // The check's own words name the fix: what is to be installed, which secret is missing.
    private static string Unhealthy(string? message) =>
        "the last health check says that it cannot work" + (string.IsNullOrEmpty(message) ? "" : ": " + message.TrimEnd('.'));

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } text ? text : "nothing";
}
