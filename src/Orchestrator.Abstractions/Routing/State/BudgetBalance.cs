using System.Text.Json.Serialization;

namespace Orchestrator.Routing.State;

/// <summary>How a window of a budget stands. What is spent may exceed a cap: an attempt may cost more than it reserved.</summary>
/// <param name="Key">The window.</param>
/// <param name="SpentNanoUsd">Spent, in nano-dollars.</param>
/// <param name="ReservedNanoUsd">Reserved by attempts that run, in nano-dollars.</param>
/// <param name="SpentTokens">Tokens used.</param>
/// <param name="ReservedTokens">Tokens reserved by attempts that run.</param>
[method: JsonConstructor]
public readonly record struct BudgetBalance(BudgetKey Key, long SpentNanoUsd, long ReservedNanoUsd, long SpentTokens, long ReservedTokens);
