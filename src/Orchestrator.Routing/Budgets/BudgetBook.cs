using System.Collections.Concurrent;
using System.Text;
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
    private long _nextExpiry;

    /// <summary>What attempts hold.</summary>
    public AdmissionTickets Tickets { get; } = new();

    public IEnumerable<BudgetLedger> Ledgers => _ledgers.Values;

    /// <summary>The tenant of a task; empty when it has none. Only the first characters of a very long one count, and what no store keeps as text is replaced.</summary>
    public static string TenantOf(AgentTask task, string label)
    {
        if (task.Labels.Count == 0 || !task.Labels.TryGetValue(label, out var tenant))
        {
            return "";
        }

        // Nearly every tenant is short and plain; then it is the label itself.
        return IsPlain(tenant) ? tenant : Cleaned(tenant);
    }

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

    /// <summary>One reading for each candidate and each budget that providers have for themselves; those that do not apply read as unlimited.</summary>
    public void ReadProviders(RoutingSnapshot snapshot, long nowTicks, Span<BudgetReading> readings)
    {
        Sweep(nowTicks);
        var seats = PlanOf(snapshot).OfProviders;
        for (var i = 0; i < seats.Length; i++)
        {
            ref readonly var seat = ref seats[i];
            readings[i] = seat.Cell is { } cell ? Read(seat, cell.Owner, nowTicks) : Unlimited;
        }
    }

    /// <summary>Forgets owners of whom nothing counts any more. Looks at every owner, at most once a minute.</summary>
    /// <param name="nowTicks">UTC ticks.</param>
    /// <param name="isKeptElsewhere">Whether a store keeps what tasks spent, so that those that nothing was reserved for in the last hour may go as well.</param>
    public void Expire(long nowTicks, bool isKeptElsewhere)
    {
        var due = Volatile.Read(ref _nextExpiry);
        if (nowTicks >= due && Interlocked.CompareExchange(ref _nextExpiry, nowTicks + TimeSpan.TicksPerMinute, due) == due)
        {
            foreach (var ledger in _ledgers.Values)
            {
                ledger.Expire(nowTicks, isKeptElsewhere);
            }
        }
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

    private static bool IsPlain(string tenant)
    {
        foreach (var character in tenant)
        {
            if (character == '\0' || char.IsSurrogate(character))
            {
                return false;
            }
        }

        return tenant.Length <= BudgetKey.MaxOwnerLength;
    }

    // NUL is no text in PostgreSQL, and half a surrogate pair is none in UTF-8.
    private static string Cleaned(string tenant)
    {
        var text = new StringBuilder(BudgetKey.MaxOwnerLength);
        foreach (var rune in tenant.EnumerateRunes())
        {
            var clean = rune.Value == 0 ? Rune.ReplacementChar : rune;
            if (text.Length + clean.Utf16SequenceLength > BudgetKey.MaxOwnerLength)
            {
                break;
            }

            text.Append(clean.ToString());
        }

        return text.ToString();
    }

    private BudgetLedger LedgerOf(BudgetConfig config) => _ledgers.GetOrAdd(
        (config.Name, config.Scope, config.Window), static (key, most) => new BudgetLedger(key.Name, key.Scope, key.Window, most), maxOwners);
}
