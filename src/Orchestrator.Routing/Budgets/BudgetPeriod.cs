using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Budgets;

/// <summary>One window of one budget for one owner. When it is over, a new one takes its place as a whole; what was reserved here is settled here.</summary>
internal sealed class BudgetPeriod(string budget, string owner, long start, long end)
{
    public BudgetSum Money;

    public BudgetSum Tokens;

    public string Budget { get; } = budget;

    public string Owner { get; } = owner;

    /// <summary>UTC ticks.</summary>
    public long Start { get; } = start;

    /// <summary>UTC ticks; <see cref="BudgetWindows.Never"/> for a budget without windows.</summary>
    public long End { get; } = end;

    /// <summary>When it starts anew; 0 for never.</summary>
    public long Until => End == BudgetWindows.Never ? 0 : End;

    public BudgetKey Key => new(
        Budget, Owner, new DateTimeOffset(Start, TimeSpan.Zero), End == BudgetWindows.Never ? null : new DateTimeOffset(End, TimeSpan.Zero));

    /// <summary>Whether nothing is reserved; known only where <see cref="BudgetConfig.CountsSpent"/> says so.</summary>
    public bool IsIdle => Money.Committed == Money.Spent && Tokens.Committed == Tokens.Spent;

    /// <summary>Reserves money and tokens, or neither.</summary>
    public bool TryReserve(BudgetConfig config, long nano, long tokens)
    {
        if (config.CapsMoney && !Money.TryReserve(nano, config.MaxNanoUsd))
        {
            return false;
        }

        if (config.CapsTokens && !Tokens.TryReserve(tokens, config.MaxTokens))
        {
            GiveBack(config.CapsMoney ? nano : 0, 0);
            return false;
        }

        return true;
    }

    public void GiveBack(long nano, long tokens)
    {
        Money.GiveBack(nano);
        Tokens.GiveBack(tokens);
    }

    public BudgetReading Read(BudgetConfig config) => new(Money.Left(config.MaxNanoUsd), Tokens.Left(config.MaxTokens), Until);
}
