namespace Orchestrator.Routing.Budgets;

/// <summary>A budget for one owner: holds the window that runs now.</summary>
internal sealed class BudgetCell(string budget, string owner, BudgetWindow window)
{
    private BudgetPeriod? _current;
    private bool _isRetired;
    private long _usedAt;

    public string Owner { get; } = owner;

    /// <summary>When somebody last reserved here, UTC ticks. Written only when it is a minute old: the line of memory is shared.</summary>
    public long UsedAt
    {
        get => Volatile.Read(ref _usedAt);
        set
        {
            if (value - Volatile.Read(ref _usedAt) > TimeSpan.TicksPerMinute)
            {
                Volatile.Write(ref _usedAt, value);
            }
        }
    }

    /// <summary>The window that runs, without starting a new one; null when there is none or it is over.</summary>
    public BudgetPeriod? Peek(long now) => Volatile.Read(ref _current) is { } period && now < period.End ? period : null;

    /// <summary>Whether it is still the one that reservations go to.</summary>
    public bool IsCurrent(BudgetPeriod period) => ReferenceEquals(Volatile.Read(ref _current), period);

    /// <summary>The window that runs; a new one takes its place when it is over.</summary>
    /// <returns>Null when the owner was dropped: ask the ledger again.</returns>
    public BudgetPeriod? Current(long now)
    {
        var period = Volatile.Read(ref _current);
        return period is not null && now < period.End ? period : RollOver(period, now);
    }

    /// <summary>Drops the owner when nothing would be forgotten that still counts.</summary>
    /// <param name="now">UTC ticks.</param>
    /// <param name="unusedSince">A window that still runs is dropped when it was not used since then; 0 for never.</param>
    public bool TryRetire(long now, long unusedSince)
    {
        var period = Volatile.Read(ref _current);
        if (period is null || (now < period.End && !(UsedAt < unusedSince && period.IsIdle)))
        {
            return false;
        }

        Volatile.Write(ref _isRetired, true);
        if (!ReferenceEquals(Interlocked.CompareExchange(ref _current, null, period), period) || (now < period.End && !period.IsIdle))
        {
            // Somebody reserved meanwhile. Until the window is back, reservations find none and try again.
            Interlocked.CompareExchange(ref _current, period, null);
            Volatile.Write(ref _isRetired, false);
            return false;
        }

        return true;
    }

    private BudgetPeriod? RollOver(BudgetPeriod? over, long now)
    {
        if (Volatile.Read(ref _isRetired))
        {
            return null;
        }

        var (start, end) = BudgetWindows.Around(window, now);
        var next = new BudgetPeriod(budget, Owner, start, end);
        var seen = Interlocked.CompareExchange(ref _current, next, over);
        return ReferenceEquals(seen, over) ? next : seen;
    }
}
