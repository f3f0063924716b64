namespace Orchestrator.Providers;

/// <summary>Our own clocks over an agent. Agents' own retries are set to give up before these do.</summary>
/// <remarks>Observed agent CLIs retry for minutes, sleep through long Retry-After values or wait for ever on a silent server, so every execution has all three. A limit out of its range throws an <see cref="ArgumentOutOfRangeException"/>.</remarks>
public sealed record AgentTimeLimits
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>The most that each limit can be: timers take no more than seven weeks, and an agent that nobody looks after for longer has no limit at all.</summary>
    /// <value>45 days.</value>
    public static TimeSpan Longest { get; } = TimeSpan.FromDays(45);

    /// <summary>From start to the first event.</summary>
    /// <value>1 minute by default; 1 millisecond to <see cref="Longest"/>.</value>
    public TimeSpan Startup { get; init => field = Require.InRange(value, Shortest, Longest); } = TimeSpan.FromMinutes(1);

    /// <summary>Between two lines of output.</summary>
    /// <value>5 minutes by default; 1 millisecond to <see cref="Longest"/>.</value>
    public TimeSpan Idle { get; init => field = Require.InRange(value, Shortest, Longest); } = TimeSpan.FromMinutes(5);

    /// <summary>The whole execution.</summary>
    /// <value>30 minutes by default; 1 millisecond to <see cref="Longest"/>.</value>
    public TimeSpan Total { get; init => field = Require.InRange(value, Shortest, Longest); } = TimeSpan.FromMinutes(30);

    /// <summary>From the polite stop signal to the kill of the whole process tree.</summary>
    /// <value>5 seconds by default; 0 to <see cref="Longest"/>.</value>
    public TimeSpan Grace { get; init => field = Require.InRange(value, TimeSpan.Zero, Longest); } = TimeSpan.FromSeconds(5);
}
