namespace Orchestrator.Routing;

/// <summary>When a budget starts anew. Times are UTC.</summary>
public enum BudgetWindow
{
    /// <summary>Never.</summary>
    Total = 0,

    /// <summary>At every full hour.</summary>
    Hour,

    /// <summary>At midnight.</summary>
    Day,

    /// <summary>On the first of the month, at midnight.</summary>
    Month,
}
