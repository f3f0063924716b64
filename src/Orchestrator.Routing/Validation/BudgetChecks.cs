namespace Orchestrator.Routing.Validation;

/// <summary>Checks the budgets, and that what they cap has a price.</summary>
internal static class BudgetChecks
{
    private const int MostBudgets = 32;
    private const decimal MostUsd = 1_000_000_000m;
    private const long MostTokens = 1_000_000_000_000_000;
    private const decimal LeastUsd = 1m / NanoUsd.PerUsd;

    public static void Check(ProviderRoutingOptions options, RoutingDomain domain, SettingErrors errors)
    {
        if (!errors.NotNull(options.Budgets, nameof(options.Budgets)))
        {
            return;
        }

        if (options.Budgets.Count > MostBudgets)
        {
            errors.Add($"There are {options.Budgets.Count} {nameof(options.Budgets)}; there may be at most {MostBudgets}: one without {nameof(RoutingBudget.Owner)} holds for each owner apart.");
        }

        for (var i = 0; i < options.Budgets.Count; i++)
        {
            var (budget, at) = (options.Budgets[i], $"{nameof(options.Budgets)}[{i}]");
            if (errors.NotNull(budget, at))
            {
                errors.Name(budget.Name, $"{at}.{nameof(budget.Name)}");
                Check(budget, $"{at} '{budget.Name}'", domain, errors);
            }
        }

        errors.Unique(options.Budgets.Select(budget => budget?.Name), "budgets");
    }

    private static void Check(RoutingBudget budget, string at, RoutingDomain domain, SettingErrors errors)
    {
        if (!Enum.IsDefined(budget.Scope))
        {
            errors.Add($"{at}.{nameof(budget.Scope)} is {budget.Scope}; known: {string.Join(", ", Enum.GetValues<BudgetScope>())}.");
        }

        if (!Enum.IsDefined(budget.Window))
        {
            errors.Add($"{at}.{nameof(budget.Window)} is {budget.Window}; known: {string.Join(", ", Enum.GetValues<BudgetWindow>())}.");
        }

        if (budget is { MaxUsd: null, MaxTokens: null })
        {
            errors.Add($"{at} caps nothing: set {nameof(budget.MaxUsd)} or {nameof(budget.MaxTokens)}.");
        }

        errors.Between(budget.MaxUsd, LeastUsd, MostUsd, $"{at}.{nameof(budget.MaxUsd)}");
        errors.Between(budget.MaxTokens, 1, MostTokens, $"{at}.{nameof(budget.MaxTokens)}");
        CheckOwner(budget, at, domain, errors);
        if (budget.MaxUsd is not null)
        {
            CheckPrices(budget, at, domain, errors);
        }
    }

    private static void CheckOwner(RoutingBudget budget, string at, RoutingDomain domain, SettingErrors errors)
    {
        if (budget.Owner is null)
        {
            return;
        }

        if (budget.Scope == BudgetScope.All)
        {
            errors.Add($"{at}.{nameof(budget.Owner)} is '{budget.Owner}', but everybody shares this budget: leave it out, or set {nameof(budget.Scope)}.");
        }
        else if (budget.Scope == BudgetScope.Provider && !domain.IsProvider(budget.Owner))
        {
            errors.Add($"{at}.{nameof(budget.Owner)} is '{budget.Owner}'; there is no such provider. {domain.KnownProviders}");
        }
    }

    // Money is reserved by the expected price: without one nothing would be, and the cap would not hold.
    private static void CheckPrices(RoutingBudget budget, string at, RoutingDomain domain, SettingErrors errors)
    {
        var covered = domain.Providers.Where(provider => provider.IsEnabled && !provider.HasPrice
            && (budget.Scope != BudgetScope.Provider || budget.Owner is null || RoutingDomain.Same(budget.Owner, provider.Name)));
        foreach (var provider in covered)
        {
            errors.Add(
                $"{at} caps money, but no price of {provider.Name} is known: set Providers[{provider.Name}].{nameof(ProviderSettings.PricePerTaskUsd)} "
                + $"(0 when a task costs nothing) or the prices of all its {nameof(ProviderSettings.Models)}.");
        }
    }
}
