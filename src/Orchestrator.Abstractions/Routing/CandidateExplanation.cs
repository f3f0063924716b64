using System.Text.Json.Serialization;
using Orchestrator.Json;

namespace Orchestrator.Routing;

/// <summary>How one provider fared in one decision.</summary>
/// <remarks>Immutable and thread-safe. The numbers are facts of the decision; the words may be made of them only when they are read. Compares by what can be read of it.</remarks>
public sealed record CandidateExplanation
{
    private readonly Func<ValueList<RejectionDetail>>? _source;

    /// <summary>Creates an explanation whose reasons are set or empty.</summary>
    public CandidateExplanation()
    {
    }

    /// <summary>Creates an explanation that puts its reasons into words when they are read for the first time.</summary>
    /// <param name="reasons">Makes <see cref="Reasons"/>; must give equal reasons each time, as several threads may ask at once.</param>
    public CandidateExplanation(Func<ValueList<RejectionDetail>> reasons) => _source = Require.NotNull(reasons);

    /// <summary>The provider.</summary>
    public required string Provider { get; init => field = Require.Name(value); }

    /// <summary>The model that it would use; <see langword="null"/> for its default.</summary>
    public string? Model { get; init; }

    /// <summary>Why it cannot do the task, the first of <see cref="Reasons"/>; <see cref="RejectionReason.None"/> when it can.</summary>
    public RejectionReason Rejection { get; init; }

    /// <summary>Everything that speaks against it, each with the value against the limit; empty for an eligible candidate.</summary>
    [JsonConverter(typeof(ValueListJsonConverter<RejectionDetail>))]
    public ValueList<RejectionDetail> Reasons { get => field ??= _source?.Invoke() ?? []; init => field = value ?? []; }

    /// <summary>The value against the limit, for people: <c>needs shell; has edit</c>. For an eligible candidate, what is worth knowing about it.</summary>
    public string Detail { get => field ??= string.Join("; ", Reasons.Select(reason => reason.Text)); init; }

    /// <summary>When the last of its reasons ends by itself; <see langword="null"/> when one does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The expected cost in US dollars by which it was compared; <see langword="null"/> for a rejected candidate.</summary>
    public double? Score { get; init; }

    /// <summary>What the score is made of; <see langword="null"/> for a rejected candidate.</summary>
    public ScoreParts? Parts { get; init; }

    /// <summary>Whether the two read the same.</summary>
    /// <param name="other">The other explanation.</param>
    /// <returns><see langword="true"/> when every member is equal.</returns>
    public bool Equals(CandidateExplanation? other) =>
        other is not null && Provider == other.Provider && Model == other.Model && Rejection == other.Rejection && Until == other.Until
        && Score == other.Score && Parts == other.Parts && Reasons.Equals(other.Reasons) && Detail == other.Detail;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Provider, Model, Rejection, Until, Score);
}
