using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing.State;

/// <summary>What came of a reservation.</summary>
/// <param name="Reserved">Whether everything is reserved; otherwise nothing is.</param>
/// <param name="Exhausted">The first window, in the order of the claims, that had not enough left; <see langword="null"/> when everything is reserved.</param>
/// <param name="Balances">How the windows of the claims stand now, in the order of the claims, each once.</param>
[method: JsonConstructor]
public readonly record struct BudgetReservationResult(
    bool Reserved,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] BudgetKey? Exhausted,
    [property: JsonConverter(typeof(ValueListJsonConverter<BudgetBalance>))] ValueList<BudgetBalance> Balances);
