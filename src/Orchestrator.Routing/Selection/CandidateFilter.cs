using System.Runtime.CompilerServices;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Limits;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Selection;

/// <summary>Says yes or no to a candidate, cheapest questions first. This is the hot path; <see cref="CandidateReasons"/> says why not, and is of one mind with it.</summary>
internal static class CandidateFilter
{
    /// <summary>What nearly every task and configuration asks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsReady(in CandidateRow row, ref ProviderState state, uint traits, ulong capabilities, long now) =>
        (row.Traits & traits) == traits
        && (row.Capabilities & capabilities) == capabilities
        && Volatile.Read(ref state.OpenUntil) is var open && (open == 0 || (open <= now && Volatile.Read(ref state.ProbeUntil) <= now))
        && Volatile.Read(ref state.LimitedUntil) <= now
        && Volatile.Read(ref state.QuotaUntil) <= now
        && Volatile.Read(ref state.UnhealthyUntil) <= now
        && Volatile.Read(ref state.RequestsFrom) <= now
        && Volatile.Read(ref state.TokensFrom) <= now
        && Volatile.Read(ref state.Draining) == 0
        && Volatile.Read(ref state.InFlight) < row.ConcurrentLimit;

    /// <summary>Whether anything of <see cref="IsAllowed"/> has to be asked at all.</summary>
    public static bool AsksMore(RoutingSnapshot snapshot, in RoutingQuery query) =>
        query.Target is not null || snapshot.HasDayLimits || query.HasRegions || query.HasExclusions || (query.Capabilities & NameBits.SharedBit) != 0;

    /// <summary>What only some tasks and configurations ask.</summary>
    public static bool IsAllowed(in RoutingFrame frame, in RoutingQuery query, int candidate)
    {
        var snapshot = frame.Snapshot;
        return (query.Target is null || IsTarget(query, candidate))
            && (!snapshot.HasDayLimits || !IsDayUsedUp(snapshot, ref frame.States[candidate], frame.Now, candidate))
            && (!query.HasRegions || IsInRegions(snapshot, query, candidate))
            && ((query.Capabilities & NameBits.SharedBit) == 0 || HasByName(snapshot, query, candidate))
            && (!query.HasExclusions || !IsExcluded(query.Constraints!, snapshot.Names[candidate]));
    }

    /// <summary>What the tightest of the shared budgets has left: the same for every candidate, so it is asked once.</summary>
    public static BudgetReading Tightest(in RoutingFrame frame)
    {
        var (money, tokens) = (long.MaxValue, long.MaxValue);
        foreach (ref readonly var reading in frame.Budgets)
        {
            (money, tokens) = (Math.Min(money, reading.NanoUsd), Math.Min(tokens, reading.Tokens));
        }

        return new BudgetReading(money, tokens, 0);
    }

    /// <summary>Whether the price is within what the task may cost and every budget has left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAffordable(in RoutingFrame frame, in RoutingQuery query, in BudgetReading tightest, int candidate, double price) =>
        price <= query.MaxCostUsd
        && !IsShort(tightest, price, query.ExpectedTokens)
        && (frame.ProviderBudgets.IsEmpty || !IsAnyShort(frame.ProviderBudgetsOf(candidate), price, query.ExpectedTokens));

    /// <summary>Whether a budget has less left than is needed, or nothing at all: what is used up lets nothing in, not even what is expected to be free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsShort(in BudgetReading reading, double price, long tokens) =>
        (reading.NanoUsd != long.MaxValue && (reading.NanoUsd <= 0 || price * 1e9 > reading.NanoUsd)) || tokens > reading.Tokens || reading.Tokens <= 0;

    /// <summary>Whether more is needed than a budget ever has: then no new window helps.</summary>
    public static bool IsAbove(BudgetConfig budget, double price, long tokens) =>
        (budget.CapsMoney && price * 1e9 > budget.MaxNanoUsd) || tokens > budget.MaxTokens;

    private static bool IsAnyShort(ReadOnlySpan<BudgetReading> readings, double price, long tokens)
    {
        foreach (ref readonly var reading in readings)
        {
            if (IsShort(reading, price, tokens))
            {
                return true;
            }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTarget(in RoutingQuery query, int candidate) =>
        (!query.Target!.IsRestricting || query.Task.Provider is not null || query.Target.Allowed.Holds(candidate))
        && (!query.Target.IsDenying || !query.Target.Denied.Holds(candidate));

    /// <summary>Whether it declares regions and the task allows each of them.</summary>
    public static bool IsInRegions(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        var regions = snapshot.Regions[candidate];
        if (regions == 0 || (regions & ~query.Regions) != 0)
        {
            return false;
        }

        if ((regions & NameBits.SharedBit) != 0)
        {
            foreach (var region in snapshot.Providers[candidate].Descriptor.DataResidency.AsSpan())
            {
                if (!RoutingQuery.Holds(query.Task.DataResidency, region))
                {
                    return false;
                }
            }
        }

        return true;
    }

    public static bool IsDayUsedUp(RoutingSnapshot snapshot, ref ProviderState state, long now, int candidate) =>
        DayLimit.Count(Volatile.Read(ref state.Day), now) >= snapshot.DayLimits[candidate];

    private static bool HasByName(RoutingSnapshot snapshot, in RoutingQuery query, int candidate)
    {
        foreach (var name in query.Task.Requires.AsSpan())
        {
            if (!RoutingQuery.Holds(snapshot.Providers[candidate].Descriptor.Capabilities, name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsExcluded(RoutingConstraints constraints, string name) =>
        RoutingQuery.Holds(constraints.AlreadyTried, name) || RoutingQuery.Holds(constraints.Excluded, name);
}
