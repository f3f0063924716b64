using System.Text.Json.Serialization;

namespace Orchestrator.Queue;

/// <summary>A token bucket: <paramref name="Count"/> starts in each <paramref name="Period"/>, of which up to <paramref name="Burst"/> at once.</summary>
/// <param name="Count">How many, from 1.</param>
/// <param name="Period">In which time, from 1 millisecond.</param>
/// <param name="Burst">The size of the bucket, from 1; <see langword="null"/> for <paramref name="Count"/>.</param>
[method: JsonConstructor]
public sealed record RateLimit(int Count, TimeSpan Period, int? Burst = null)
{
    /// <summary>How many, from 1 to 1,000,000.</summary>
    public int Count { get; init => field = Require.InRange(value, 1, 1_000_000); } = Require.InRange(Count, 1, 1_000_000);

    /// <summary>In which time, from 1 millisecond to 31 days.</summary>
    public TimeSpan Period { get; init => field = Require.InRange(value, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(31)); } =
        Require.InRange(Period, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(31));

    /// <summary>The size of the bucket, from 1 to 1,000,000; <see langword="null"/> for <see cref="Count"/>.</summary>
    public int? Burst { get; init => field = Require.OptionalInRange(value, 1, 1_000_000); } = Require.OptionalInRange(Burst, 1, 1_000_000);
}
