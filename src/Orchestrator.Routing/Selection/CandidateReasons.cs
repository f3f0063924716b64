using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Every reason why a candidate cannot do a task, as bits. Slower than <see cref="CandidateFilter"/> and of one mind with it.</summary>
internal static class CandidateReasons
{
    /// <summary>The order in which reasons are told; the first is a candidate's main reason.</summary>
    public static ReadOnlySpan<RejectionReason> Order =>
    [
        RejectionReason.Disabled, RejectionReason.Draining, RejectionReason.NotRequested, RejectionReason.Rule, RejectionReason.Policy, RejectionReason.TaskType,
        RejectionReason.Source, RejectionReason.Capability, RejectionReason.ContextWindow, RejectionReason.PriceCeiling, RejectionReason.Budget,
        RejectionReason.Unhealthy, RejectionReason.BreakerOpen, RejectionReason.HalfOpenBusy, RejectionReason.RateLimited, RejectionReason.QuotaExhausted,
        RejectionReason.Saturated, RejectionReason.AlreadyTried, RejectionReason.Excluded,
    ];

    /// <summary>The bits of all reasons, and when the last of them ends by itself, in UTC ticks; 0 when one does not.</summary>
    public static uint Find(in RoutingFrame frame, in RoutingQuery query, int candidate, out long until)
    {
        var found = Declared(frame.Snapshot, query, candidate) | Directed(query, candidate) | Constrained(frame.Snapshot, query, candidate);
        ref var state = ref frame.States[candidate];
        found |= Bit(RejectionReason.Draining, frame.Snapshot.IsDraining[candidate] || Volatile.Read(ref state.Draining) != 0)
            | Bit(RejectionReason.Saturated, Volatile.Read(ref state.InFlight) >= frame.Snapshot.ConcurrentLimits[candidate]);

        var model = CandidateEvaluator.SelectModel(frame.Snapshot, query, candidate);
        var price = CandidateEvaluator.Price(frame, query, candidate, model);
        found |= Bit(RejectionReason.ContextWindow, model == CandidateEvaluator.NoModel) | Bit(RejectionReason.PriceCeiling, price > query.MaxCostUsd);
        var lasts = found != 0;
        until = 0;
        found |= Budgets(frame, query, candidate, price, ref until, ref lasts) | Passing(frame, ref state, candidate, ref until);
        until = lasts ? 0 : until;
        return found;
    }

    public static RejectionReason First(uint found)
    {
        foreach (var reason in Order)
        {
            if (Has(found, reason))
            {
                return reason;
            }
        }

        return RejectionReason.None;
    }

    public static bool Has(uint found, RejectionReason reason) => (found & (1u << (int)reason)) != 0;

    /// <summary>Until when a quota is used up: the provider's, or our own limit of a day.</summary>
    private static long QuotaUntil(in RoutingFrame frame, ref ProviderState state, int candidate)
    {
        var until = Volatile.Read(ref state.QuotaUntil);
        return frame.Snapshot.HasDayLimits && CandidateFilter.IsDayUsedUp(frame.Snapshot, ref state, frame.Now, candidate) ? Math.Max(until, DayLimit.Next(frame.Now)) : until;
    }

    private static uint Declared(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        var missing = query.Traits & ~snapshot.Rows[candidate].Traits;
        return Bit(RejectionReason.Disabled, !snapshot.Providers[candidate].IsEnabled)
            | Bit(RejectionReason.TaskType, (missing & CandidateTraits.Of(query.Task.Type)) != 0)
            | Bit(RejectionReason.Source, (missing & CandidateTraits.Of(query.Task.Source.Kind)) != 0)
            | Bit(RejectionReason.Capability, query.Task.Requires.Count > 0 && LacksCapability(snapshot, query, candidate));
    }

    private static bool LacksCapability(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        foreach (var name in query.Task.Requires.AsSpan())
        {
            if (!RoutingQuery.Holds(snapshot.Providers[candidate].Descriptor.Capabilities, name))
            {
                return true;
            }
        }

        return false;
    }

    private static uint Directed(in RoutingQuery query, int candidate)
    {
        var isDenied = query.Target is { IsDenying: true } target && target.Denied.Holds(candidate);
        return Bit(RejectionReason.Rule, query.IsDirected && query.Target!.IsRestricting && !query.Target.Allowed.Holds(candidate))
            | Bit(RejectionReason.Policy, isDenied);
    }

    private static uint Constrained(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        var name = snapshot.Names[candidate];
        var found = Bit(RejectionReason.NotRequested, query.Task.Provider is { } requested && !string.Equals(requested, name, StringComparison.OrdinalIgnoreCase))
            | Bit(RejectionReason.Policy, query.HasRegions && !CandidateFilter.IsInRegions(snapshot, query, candidate));
        return query.Constraints is not { } constraints ? found
            : found
                | Bit(RejectionReason.AlreadyTried, RoutingQuery.Holds(constraints.AlreadyTried, name))
                | Bit(RejectionReason.Excluded, RoutingQuery.Holds(constraints.Excluded, name));
    }

    private static uint Budgets(in RoutingFrame frame, in RoutingQuery query, int candidate, double price, ref long until, ref bool lasts)
    {
        var isShort = false;
        Look(frame.Snapshot.ProviderBudgets, frame.ProviderBudgetsOf(candidate), price, query.ExpectedTokens, ref isShort, ref until, ref lasts);
        Look(frame.Snapshot.Budgets, frame.Budgets, price, query.ExpectedTokens, ref isShort, ref until, ref lasts);
        return Bit(RejectionReason.Budget, isShort);
    }

    private static void Look(
        BudgetConfig[] budgets, ReadOnlySpan<BudgetReading> readings, double price, long tokens, ref bool isShort, ref long until, ref bool lasts)
    {
        for (var i = 0; i < readings.Length; i++)
        {
            ref readonly var reading = ref readings[i];
            if (CandidateFilter.IsShort(reading, price, tokens))
            {
                isShort = true;
                lasts |= reading.Until == 0 || CandidateFilter.IsAbove(budgets[i], price, tokens);
                until = Math.Max(until, reading.Until);
            }
        }
    }

    private static uint Passing(in RoutingFrame frame, ref ProviderState state, int candidate, ref long until)
    {
        var now = frame.Now;
        var open = Volatile.Read(ref state.OpenUntil);
        return Until(RejectionReason.Unhealthy, Volatile.Read(ref state.UnhealthyUntil), now, ref until)
            | Until(RejectionReason.BreakerOpen, open, now, ref until)
            | (open != 0 && open <= now ? Until(RejectionReason.HalfOpenBusy, Volatile.Read(ref state.ProbeUntil), now, ref until) : 0)
            | Until(RejectionReason.RateLimited, Volatile.Read(ref state.LimitedUntil), now, ref until)
            | Until(RejectionReason.RateLimited, Volatile.Read(ref state.RequestsFrom), now, ref until)
            | Until(RejectionReason.RateLimited, Volatile.Read(ref state.TokensFrom), now, ref until)
            | Until(RejectionReason.QuotaExhausted, QuotaUntil(frame, ref state, candidate), now, ref until);
    }

    private static uint Until(RejectionReason reason, long end, long now, ref long until)
    {
        if (end <= now)
        {
            return 0;
        }

        until = Math.Max(until, end);
        return Bit(reason, true);
    }

    private static uint Bit(RejectionReason reason, bool isSet) => isSet ? 1u << (int)reason : 0;
}
