using System.Text.Json.Serialization;

namespace Orchestrator.Routing.State;

/// <summary>A reservation from one window, with the caps that it must keep to.</summary>
/// <param name="Key">The window.</param>
/// <param name="NanoUsd">How much money, in nano-dollars, from 0.</param>
/// <param name="Tokens">How many tokens, from 0.</param>
/// <param name="MaxNanoUsd">Spent and reserved money must not exceed it, and must be below it before; <see langword="null"/> for no cap.</param>
/// <param name="MaxTokens">Used and reserved tokens must not exceed it, and must be below it before; <see langword="null"/> for no cap.</param>
[method: JsonConstructor]
public readonly record struct BudgetClaim(BudgetKey Key, long NanoUsd, long Tokens, long? MaxNanoUsd = null, long? MaxTokens = null)
{
    /// <summary>How much money, in nano-dollars, from 0. Of a window that is used up not even 0 can be reserved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long NanoUsd { get; init => field = Require.AtLeast(value, 0L); } = Require.AtLeast(NanoUsd, 0L);

    /// <summary>How many tokens, from 0. Of a window that is used up not even 0 can be reserved.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long Tokens { get; init => field = Require.AtLeast(value, 0L); } = Require.AtLeast(Tokens, 0L);

    /// <summary>Spent and reserved money must not exceed it, in nano-dollars, from 0; <see langword="null"/> for no cap.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long? MaxNanoUsd { get; init => field = Require.OptionalAtLeast(value, 0L); } = Require.OptionalAtLeast(MaxNanoUsd, 0L);

    /// <summary>Used and reserved tokens must not exceed it, from 0; <see langword="null"/> for no cap.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long? MaxTokens { get; init => field = Require.OptionalAtLeast(value, 0L); } = Require.OptionalAtLeast(MaxTokens, 0L);

    /// <summary>Whether the window's owner is one task: a window of it that never ends is forgotten once nobody used it for as long as retention keeps budgets.</summary>
    /// <value><see langword="false"/> by default: a window that never ends is kept for ever.</value>
    public bool IsOfTask { get; init; }
}
