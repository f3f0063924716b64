using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.State;

namespace Orchestrator.Routing.Admission;

/// <summary>A reservation in one window of one budget. Only what the budget caps is counted.</summary>
internal readonly struct TicketClaim(BudgetPeriod period, BudgetConfig config)
{
    public BudgetPeriod Period { get; } = period;

    public bool IsOf(BudgetPeriod other, BudgetConfig settings) => ReferenceEquals(Period, other) && ReferenceEquals(config, settings);

    public void GiveBack(long nano, long tokens) => Period.GiveBack(config.CapsMoney ? nano : 0, config.CapsTokens ? tokens : 0);

    public void Settle(long reservedNano, long reservedTokens, long nano, long tokens)
    {
        if (config.CapsMoney)
        {
            Period.Money.Settle(reservedNano, nano, config.CountsSpent);
        }

        if (config.CapsTokens)
        {
            Period.Tokens.Settle(reservedTokens, tokens, config.CountsSpent);
        }
    }

    public BudgetClaim ToStoreClaim(long nano, long tokens) => new(
        Period.Key, nano, tokens, config.CapsMoney ? config.MaxNanoUsd : null, config.CapsTokens ? config.MaxTokens : null)
    {
        IsOfTask = config.Scope == BudgetScope.Task,
    };
}
