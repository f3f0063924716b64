using System.Collections.Concurrent;

namespace Orchestrator.Routing.Budgets;

/// <summary>One budget with all its owners. Outlives a change of the settings as long as name, scope and window stay.</summary>
/// <remarks>Keeps a bounded number of owners. Beyond it, owners whose window is over go first, then tasks that nothing was reserved for in the last hour; what is spent in a window that runs is never forgotten for a tenant.</remarks>
internal sealed class BudgetLedger(string name, BudgetScope scope, BudgetWindow window, int maxOwners)
{
    /// <summary>The owner of a budget that everybody shares.</summary>
    public const string Everybody = "*";

    private readonly ConcurrentDictionary<string, BudgetCell> _cells = new(StringComparer.Ordinal);
    private int _count;
    private long _trimmedAt;

    public string Name { get; } = name;

    public BudgetScope Scope { get; } = scope;

    public BudgetWindow Window { get; } = window;

    /// <summary>Whether its owners come and go: tenants and tasks do, providers and everybody stay.</summary>
    public bool KeepsOwnersApart => Scope is BudgetScope.Tenant or BudgetScope.Task;

    /// <summary>Whether there is room for many more owners, so that one may be kept that nobody asked for yet.</summary>
    public bool HasAmpleRoom => Volatile.Read(ref _count) < maxOwners / 2;

    public IEnumerable<BudgetCell> Cells => _cells.Values;

    public BudgetCell? Find(string owner) => _cells.GetValueOrDefault(owner);

    /// <summary>The owner's cell.</summary>
    /// <returns>Null when as many owners as can be kept have spent in a window that runs.</returns>
    public BudgetCell? GetOrAdd(string owner, long now)
    {
        if (_cells.TryGetValue(owner, out var cell))
        {
            return cell;
        }

        if (KeepsOwnersApart && Volatile.Read(ref _count) >= maxOwners && !TryTrim(now))
        {
            return null;
        }

        cell = new BudgetCell(Name, owner, Window);
        if (_cells.TryAdd(owner, cell))
        {
            Interlocked.Increment(ref _count);
            return cell;
        }

        return GetOrAdd(owner, now);
    }

    /// <summary>Forgets owners of whom nothing counts any more.</summary>
    /// <param name="now">UTC ticks.</param>
    /// <param name="forgetsIdleTasks">Also tasks in a window that runs, when nothing was reserved for them in the last hour and nothing is.</param>
    public void Expire(long now, bool forgetsIdleTasks)
    {
        if (KeepsOwnersApart)
        {
            Forget(now, forgetsIdleTasks);
        }
    }

    private bool TryTrim(long now)
    {
        // Looks at every owner, so at most once a second.
        var last = Volatile.Read(ref _trimmedAt);
        if (now - last < TimeSpan.TicksPerSecond || Interlocked.CompareExchange(ref _trimmedAt, now, last) != last)
        {
            return false;
        }

        Forget(now, forgetsIdleTasks: true);
        return Volatile.Read(ref _count) < maxOwners;
    }

    private void Forget(long now, bool forgetsIdleTasks)
    {
        var unusedSince = forgetsIdleTasks && Scope == BudgetScope.Task ? now - TimeSpan.TicksPerHour : 0;
        foreach (var (owner, cell) in _cells)
        {
            if (cell.TryRetire(now, unusedSince) && _cells.TryRemove(KeyValuePair.Create(owner, cell)))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }
}
