namespace Orchestrator.Routing;

/// <summary>What one budget has left for a provider.</summary>
/// <param name="Name">The budget's name.</param>
/// <param name="Scope">Who shares it: all tasks, or those of this provider.</param>
/// <param name="LeftUsd">Money left, in US dollars; <see langword="null"/> without a cap on money.</param>
/// <param name="MaxUsd">The cap on money; <see langword="null"/> without one.</param>
/// <param name="LeftTokens">Tokens left; <see langword="null"/> without a cap on tokens.</param>
/// <param name="MaxTokens">The cap on tokens; <see langword="null"/> without one.</param>
/// <param name="RenewsAt">When it starts anew; <see langword="null"/> for never.</param>
public sealed record BudgetStatus(
    string Name, BudgetScope Scope, decimal? LeftUsd, decimal? MaxUsd, long? LeftTokens, long? MaxTokens, DateTimeOffset? RenewsAt);
