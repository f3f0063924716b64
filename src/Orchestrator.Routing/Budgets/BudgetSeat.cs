namespace Orchestrator.Routing.Budgets;

/// <summary>A budget of a snapshot with its ledger, and with the owner's cell where the owner is known beforehand.</summary>
internal readonly struct BudgetSeat(BudgetConfig config, BudgetLedger ledger, BudgetCell? cell)
{
    public BudgetConfig Config { get; } = config;

    public BudgetLedger Ledger { get; } = ledger;

    /// <summary>Null when the owner is a tenant or a task.</summary>
    public BudgetCell? Cell { get; } = cell;

    /// <summary>Reserves money and tokens, or neither.</summary>
    /// <param name="owner">Whose budget.</param>
    /// <param name="nano">How much money.</param>
    /// <param name="tokens">How many tokens.</param>
    /// <param name="now">UTC ticks; decides which window it is.</param>
    /// <param name="period">The window, where the reservation is settled later; null when there are too many owners.</param>
    public BudgetVerdict TryReserve(string owner, long nano, long tokens, long now, out BudgetPeriod? period)
    {
        var spin = default(SpinWait);
        while (true)
        {
            period = null;
            var cell = Cell ?? Ledger.GetOrAdd(owner, now);
            if (cell is null)
            {
                return BudgetVerdict.TooManyOwners;
            }

            cell.UsedAt = now;
            period = cell.Current(now);
            if (period is not null)
            {
                if (!period.TryReserve(Config, nano, tokens))
                {
                    return BudgetVerdict.Exhausted;
                }

                // The window may have ended, or the owner may have been dropped, between the two steps.
                if (cell.IsCurrent(period))
                {
                    return BudgetVerdict.Reserved;
                }

                period.GiveBack(Config.CapsMoney ? nano : 0, Config.CapsTokens ? tokens : 0);
            }

            spin.SpinOnce();
        }
    }
}
