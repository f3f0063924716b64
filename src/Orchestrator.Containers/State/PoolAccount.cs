using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Containers.State;

/// <summary>What a pool keeps over restarts of its host: what it has cost, and how its instances weigh.</summary>
internal sealed record PoolAccount
{
    private const decimal MostUsd = 1_000_000_000_000m;

    public static PoolAccount Empty { get; } = new();

    /// <summary>All that its instances have cost.</summary>
    public decimal CostUsd { get; init; }

    /// <summary>The part of it in which they served no lease.</summary>
    public decimal IdleCostUsd { get; init; }

    /// <summary>The day (UTC) of <see cref="DayCostUsd"/>; null when nothing was spent on it.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>What counts against the budget of that day.</summary>
    public decimal DayCostUsd { get; init; }

    /// <summary>The weights that are not 1, by the instance's name.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<InstanceWeight>))]
    public ValueList<InstanceWeight> Weights { get; init => field = value ?? []; } = [];

    public string ToJson() => OrchestratorJson.Write(this, PoolAccountJsonContext.Default.PoolAccount);

    /// <summary>Reads what somebody kept.</summary>
    /// <returns>The account; null when it cannot be one.</returns>
    public static PoolAccount? Parse(string json)
    {
        try
        {
            return OrchestratorJson.Read(json, PoolAccountJsonContext.Default.PoolAccount) is { IsPlausible: true } account ? account : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private bool IsPlausible =>
        CostUsd is >= 0 and <= MostUsd
        && IdleCostUsd >= 0 && IdleCostUsd <= CostUsd
        && DayCostUsd >= 0 && DayCostUsd <= CostUsd
        && Weights.All(static one => one is { Weight: > 0 and <= InstanceWeight.Most } && Identifiers.IsName(one.Instance));
}

/// <summary>How an instance weighs.</summary>
internal sealed record InstanceWeight(string Instance, double Weight)
{
    public const double Most = 1_000;
}

/// <summary>The JSON of accounts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PoolAccount))]
[JsonSerializable(typeof(InstanceWeight))]
internal sealed partial class PoolAccountJsonContext : JsonSerializerContext;
