namespace Orchestrator.Routing.Budgets;

/// <summary>What one budget has left at the moment of a decision.</summary>
/// <param name="NanoUsd">Money left; <see cref="long.MaxValue"/> without a cap.</param>
/// <param name="Tokens">Tokens left; <see cref="long.MaxValue"/> without a cap.</param>
/// <param name="Until">When it starts anew, UTC ticks; 0 for never.</param>
internal readonly record struct BudgetReading(long NanoUsd, long Tokens, long Until);
