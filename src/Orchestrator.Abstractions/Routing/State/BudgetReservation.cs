using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing.State;

/// <summary>Reserves from several budgets at once, for one attempt.</summary>
public sealed record BudgetReservation
{
    /// <summary>The shortest <see cref="Duration"/>.</summary>
    public static readonly TimeSpan MinDuration = TimeSpan.FromSeconds(1);

    /// <summary>The longest <see cref="Duration"/>.</summary>
    public static readonly TimeSpan MaxDuration = TimeSpan.FromDays(7);

    /// <summary>The reservation's identity, chosen by the caller: the attempt's. Never used for another attempt.</summary>
    /// <exception cref="ArgumentException">The value is not a valid identifier, see <see cref="Identifiers.IsName"/>.</exception>
    public required string Id { get; init => field = Require.Name(value); }

    /// <summary>What is reserved from which windows; all or none. Several claims on one window count together, under the lowest of their caps.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<BudgetClaim>))]
    public required ValueList<BudgetClaim> Claims { get; init => field = Require.NotNull(value); }

    /// <summary>How long it lasts when nobody renews or settles it, so that a crash gives it back. From 1 second to 7 days.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public required TimeSpan Duration { get; init => field = Require.InRange(value, MinDuration, MaxDuration); }

    /// <summary>Who reserves.</summary>
    /// <value><c>local</c> by default.</value>
    public string WorkerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";

    /// <summary>In which container.</summary>
    /// <value><c>local</c> by default.</value>
    public string ContainerName { get; init => field = Require.Text(value ?? "local", 200); } = "local";
}
