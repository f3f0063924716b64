namespace Orchestrator.Routing;

/// <summary>A cap on money or tokens. Money is reserved before an attempt starts and settled when it has ended.</summary>
public sealed class RoutingBudget
{
    /// <summary>The budget's name, unique among the budgets; it stands in rejections.</summary>
    public string Name { get; set; } = "";

    /// <summary>Who shares it.</summary>
    /// <value><see cref="BudgetScope.All"/> by default.</value>
    public BudgetScope Scope { get; set; }

    /// <summary>The only provider, tenant or owner that it is for; <see langword="null"/> for each one apart.</summary>
    public string? Owner { get; set; }

    /// <summary>When it starts anew.</summary>
    /// <value><see cref="BudgetWindow.Day"/> by default.</value>
    public BudgetWindow Window { get; set; } = BudgetWindow.Day;

    /// <summary>The most money, in US dollars; <see langword="null"/> for no cap on money. Above 0.</summary>
    public decimal? MaxUsd { get; set; }

    /// <summary>The most tokens; <see langword="null"/> for no cap on tokens. Above 0.</summary>
    public long? MaxTokens { get; set; }
}
