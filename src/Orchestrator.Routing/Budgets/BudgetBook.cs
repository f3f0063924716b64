using System.Collections.Concurrent;
using Orchestrator.Routing.Admission;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.State;
using Orchestrator.Tasks;

namespace Orchestrator.Routing.Budgets;

/// <summary>What is left of every budget.</summary>
/// <remarks>Thread-safe, without locks. One a registry; it outlives changes of the settings.</remarks>
internal sealed class BudgetBook(int maxOwners = BudgetBook.DefaultMaxOwners)
{
    /// <summary>How many tenants, or tasks, one budget keeps.</summary>
    public const int DefaultMaxOwners = 65_536;

    private static readonly BudgetReading Unlimited = new(long.MaxValue, long.MaxValue, 0);

    private readonly ConcurrentDictionary<(string Name, BudgetScope Scope, BudgetWindow Window), BudgetLedger> _ledgers = new();
    private BudgetPlan? _plan;

    /// <summary>What attempts hold.</summary>
    public AdmissionTickets Tickets { get; } = new();

    public IEnumerable<BudgetLedger> Ledgers => _ledgers.Values;

    /// <summary>The tenant of a task; empty when it has none. Only the first characters of a very long one count.</summary>
    public static string TenantOf(AgentTask task, string label) =>
        task.Labels.Count == 0 || !task.Labels.TryGetValue(label, out var tenant) ? ""
        : tenant.Length <= BudgetKey.MaxOwnerLength ? tenant
        : tenant[..BudgetKey.MaxOwnerLength];

    /// <summary>One reading for each budget that everybody, a tenant or a task shares; those of providers, and those that do not apply, read as unlimited.</summary>
    public void Read(RoutingSnapshot snapshot, string tenant, string taskId, long nowTicks, Span<BudgetReading> readings)
    {
        Sweep(nowTicks);
        var seats = PlanOf(snapshot).Seats;
        for (var i = 0; i < seats.Length; i++)
        {
            ref readonly var seat = ref seats[i];
            var owner = OwnerOf(seat.Config, tenant, taskId);
            readings[i] = owner is null || !seat.Config.IsFor(owner) ? Unlimited : Read(seat, owner, nowTicks);
        }
    }

    /// <summary>The tightest of the budgets of one provider.</summary>
    public BudgetReading ReadProvider(RoutingSnapshot snapshot, int candidate, long nowTicks)
    {
        var tightest = Unlimited;
        foreach (ref readonly var seat in PlanOf(snapshot).ByCandidate[candidate].AsSpan())
        {
            if (seat.Config.Scope == BudgetScope.Provider)
            {
                var reading = Read(seat, snapshot.Names[candidate], nowTicks);
                var isTighter = reading.NanoUsd < tightest.NanoUsd || reading.Tokens < tightest.Tokens;
                tightest = new BudgetReading(
                    Math.Min(reading.NanoUsd, tightest.NanoUsd),
                    Math.Min(reading.Tokens, tightest.Tokens),
                    isTighter ? Math.Max(reading.Until, tightest.Until) : tightest.Until);
            }
        }

        return tightest;
    }

    /// <summary>Gives back what lost attempts hold. Looks at most once a second.</summary>
    public void Sweep(long nowTicks) => Tickets.Sweep(nowTicks);

    /// <summary>The budgets of a snapshot with their ledgers.</summary>
    public BudgetPlan PlanOf(RoutingSnapshot snapshot)
    {
        var plan = Volatile.Read(ref _plan);
        if (plan is null || !ReferenceEquals(plan.Snapshot, snapshot))
        {
            plan = new BudgetPlan(snapshot, LedgerOf);
            Volatile.Write(ref _plan, plan);
        }

        return plan;
    }

    /// <summary>What a budget has left for an owner.</summary>
    public static BudgetReading Read(in BudgetSeat seat, string owner, long now)
    {
        var config = seat.Config;
        if ((seat.Cell ?? seat.Ledger.Find(owner))?.Peek(now) is { } period)
        {
            return period.Read(config);
        }

        var (_, end) = BudgetWindows.Around(config.Window, now);
        return new BudgetReading(config.MaxNanoUsd, config.MaxTokens, end == BudgetWindows.Never ? 0 : end);
    }

    /// <summary>Whose budget it is, for all scopes but that of providers; null for those.</summary>
    public static string? OwnerOf(BudgetConfig config, string tenant, string taskId) => config.Scope switch
    {
        BudgetScope.All => BudgetLedger.Everybody,
        BudgetScope.Tenant => tenant,
        BudgetScope.Task => taskId,
        _ => null,
    };

    private BudgetLedger LedgerOf(BudgetConfig config) => _ledgers.GetOrAdd(
        (config.Name, config.Scope, config.Window), static (key, most) => new BudgetLedger(key.Name, key.Scope, key.Window, most), maxOwners);
}
