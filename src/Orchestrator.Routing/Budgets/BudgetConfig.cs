namespace Orchestrator.Routing.Budgets;

/// <summary>A budget as one snapshot read it: integers, and nothing changes them afterwards.</summary>
internal sealed class BudgetConfig
{
    private BudgetConfig(RoutingBudget options, string tenantLabel)
    {
        Name = options.Name;
        Scope = options.Scope;
        Owner = options.Owner;
        Window = options.Window;
        TenantLabel = tenantLabel;
        MaxNanoUsd = options.MaxUsd is { } usd ? BudgetMoney.Cap(usd) : long.MaxValue;
        MaxTokens = options.MaxTokens ?? long.MaxValue;
    }

    public string Name { get; }

    public BudgetScope Scope { get; }

    /// <summary>The only owner that it is for; null for each one apart.</summary>
    public string? Owner { get; }

    public BudgetWindow Window { get; }

    public string TenantLabel { get; }

    /// <summary><see cref="long.MaxValue"/> without a cap.</summary>
    public long MaxNanoUsd { get; }

    /// <summary><see cref="long.MaxValue"/> without a cap.</summary>
    public long MaxTokens { get; }

    /// <summary>Whether what is spent is counted apart from what is reserved: only then is it known that a task has ended, and its owner may be dropped.</summary>
    public bool CountsSpent => Scope == BudgetScope.Task;

    public bool CapsMoney => MaxNanoUsd != long.MaxValue;

    public bool CapsTokens => MaxTokens != long.MaxValue;

    /// <summary>The budgets in the order of the settings, which is the order in which they are reserved from.</summary>
    public static BudgetConfig[] From(ProviderRoutingOptions options) =>
        [.. options.Budgets.Select(budget => new BudgetConfig(budget, options.TenantLabel))];

    /// <summary>Whether it is for this owner: names of providers in any case, all else to the letter. A budget that everybody shares has no owner.</summary>
    public bool IsFor(string owner) =>
        Owner is null || Scope == BudgetScope.All || string.Equals(Owner, owner, Scope == BudgetScope.Provider ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
