namespace Orchestrator.Patching;

/// <summary>How places are looked for.</summary>
internal sealed record MatchSettings
{
    /// <summary>The least exact tier that is let through.</summary>
    public MatchTier MaxTier { get; init; } = MatchTier.Punctuation;

    /// <summary>How many lines a hint may be off and still decide between several places.</summary>
    public int MaxHintDistance { get; init; } = 1000;

    /// <summary>See <see cref="MatchBudget"/>.</summary>
    public long MaxWork { get; init; } = 400_000_000;

    /// <summary>How long a file may become by an edit that is made in many places.</summary>
    public long MaxBytes { get; init; } = 100L << 20;

    public static MatchSettings Of(PatchOptions options) =>
        new() { MaxTier = options.MaxTier, MaxHintDistance = options.MaxHintDistance, MaxWork = options.MaxMatchWork, MaxBytes = options.MaxFileBytes };
}
