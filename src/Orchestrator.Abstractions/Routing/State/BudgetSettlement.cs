using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing.State;

/// <summary>Books what a reservation came to.</summary>
/// <param name="Id">The reservation.</param>
/// <param name="NanoUsd">What was spent, in nano-dollars, from 0. It is booked in full to the window of each claim.</param>
/// <param name="Tokens">Tokens used, from 0. They are booked in full to the window of each claim.</param>
/// <param name="Claims">The claims of the reservation: what was spent is booked to their windows also when the reservation is gone, or the window is over.</param>
public sealed record BudgetSettlement(string Id, long NanoUsd, long Tokens, ValueList<BudgetClaim> Claims)
{
    /// <summary>The reservation.</summary>
    /// <exception cref="ArgumentException">The value is not a valid identifier, see <see cref="Identifiers.IsName"/>.</exception>
    public string Id { get; init => field = Require.Name(value); } = Require.Name(Id);

    /// <summary>What was spent, in nano-dollars, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long NanoUsd { get; init => field = Require.AtLeast(value, 0L); } = Require.AtLeast(NanoUsd, 0L);

    /// <summary>Tokens used, from 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long Tokens { get; init => field = Require.AtLeast(value, 0L); } = Require.AtLeast(Tokens, 0L);

    /// <summary>The claims of the reservation.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<BudgetClaim>))]
    public ValueList<BudgetClaim> Claims { get; init => field = Require.NotNull(value); } = Require.NotNull(Claims);
}
