namespace Orchestrator.Storage.Sqlite.Tasks;

/// <summary>How fast a bucket of tokens fills; each start of a task takes one.</summary>
/// <param name="Count">How many tokens come in a period.</param>
/// <param name="Period">The period, in milliseconds.</param>
/// <param name="Capacity">How many the bucket holds.</param>
internal sealed record TokenRate(long Count, long Period, long Capacity)
{
    /// <summary>What counts as one token: many small refills do not add up to exactly one.</summary>
    public const double One = 1 - 1e-6;

    public static TokenRate? From(long? count, long? period, long? burst) =>
        count is { } some && period is { } time ? new TokenRate(some, time, burst ?? some) : null;

    /// <summary>How many tokens there are.</summary>
    /// <param name="tokens">How many there were; <see langword="null"/> for a full bucket.</param>
    /// <param name="since">When that was, in milliseconds.</param>
    /// <param name="now">The time, in milliseconds; one that lies before <paramref name="since"/> adds nothing.</param>
    public double TokensAt(double? tokens, long since, long now) =>
        tokens is { } some ? Math.Min(Capacity, some + ((double)Math.Max(0, now - since) * Count / Period)) : Capacity;
}
