namespace Orchestrator.Routing;

/// <summary>How one provider fared in one decision.</summary>
public sealed record CandidateExplanation
{
    /// <summary>The provider.</summary>
    public required string Provider { get; init => field = Require.Name(value); }

    /// <summary>Why it cannot do the task; <see cref="RejectionReason.None"/> when it can.</summary>
    public RejectionReason Rejection { get; init; }

    /// <summary>The value against the limit, for people: <c>needs shell; has edit</c>.</summary>
    public string Detail { get; init => field = value ?? ""; } = "";

    /// <summary>When the reason ends by itself; <see langword="null"/> when it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The expected cost in US dollars by which it was compared; <see langword="null"/> for a rejected candidate.</summary>
    public double? Score { get; init; }

    /// <summary>The parts of the score: price, risk, time, bonuses; text, so that new parts can be added.</summary>
    public ValueMap Parts { get; init => field = value ?? ValueMap.Empty; } = ValueMap.Empty;
}
