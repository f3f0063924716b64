namespace Orchestrator.Routing.Budgets;

/// <summary>The money, or the tokens, of one window. Every change is one exchange.</summary>
internal struct BudgetSum
{
    private long _committed;
    private long _spent;
    private long _foreign;

    /// <summary>Spent and reserved by this process.</summary>
    public readonly long Committed => Volatile.Read(in _committed);

    /// <summary>Spent by this process; kept only where <see cref="BudgetConfig.CountsSpent"/> says so.</summary>
    public readonly long Spent => Volatile.Read(in _spent);

    /// <summary>Spent and reserved by others, or before this process started, as the state store said last.</summary>
    public readonly long Foreign => Volatile.Read(in _foreign);

    /// <summary>Reserves when that much is left. Of a sum that is used up not even nothing can be reserved: the attempt may cost more than is expected.</summary>
    public bool TryReserve(long amount, long cap)
    {
        if (amount == 0)
        {
            return Left(cap) > 0;
        }

        var committed = Volatile.Read(ref _committed);
        while (amount <= cap - Volatile.Read(ref _foreign) - committed)
        {
            var seen = Interlocked.CompareExchange(ref _committed, committed + amount, committed);
            if (seen == committed)
            {
                return true;
            }

            committed = seen;
        }

        return false;
    }

    public void GiveBack(long amount)
    {
        if (amount != 0)
        {
            Interlocked.Add(ref _committed, -amount);
        }
    }

    /// <summary>Replaces what was reserved by what was spent, which may be more.</summary>
    public void Settle(long reserved, long actual, bool countsSpent)
    {
        if (actual != reserved)
        {
            Interlocked.Add(ref _committed, actual - reserved);
        }

        if (countsSpent && actual != 0)
        {
            Interlocked.Add(ref _spent, actual);
        }
    }

    /// <summary>What is left of a cap, from 0; <see cref="long.MaxValue"/> without a cap.</summary>
    public readonly long Left(long cap) => cap == long.MaxValue ? cap : Math.Max(0, cap - Foreign - Committed);

    /// <summary>Takes over what the state store says that all processes together have spent and reserved.</summary>
    public void Correct(long total) => Volatile.Write(ref _foreign, Math.Max(0, total - Committed));
}
