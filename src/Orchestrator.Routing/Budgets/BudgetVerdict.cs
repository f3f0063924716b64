namespace Orchestrator.Routing.Budgets;

/// <summary>What came of a reservation from one budget.</summary>
internal enum BudgetVerdict
{
    Reserved = 0,

    /// <summary>Not enough is left.</summary>
    Exhausted,

    /// <summary>The owner is new, and no other can be forgotten for it.</summary>
    TooManyOwners,
}
