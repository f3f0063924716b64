namespace Orchestrator.Providers;

/// <summary>Our own clocks over an agent. Agents' own retries are set to give up before these do.</summary>
/// <remarks>Observed agent CLIs retry for minutes, sleep through long Retry-After values or wait for ever on a silent server, so every execution has all three.</remarks>
public sealed record AgentTimeLimits
{
    /// <summary>From start to the first event.</summary>
    /// <value>1 minute by default.</value>
    public TimeSpan Startup { get; init => field = Require.AtLeast(value, TimeSpan.FromMilliseconds(1)); } = TimeSpan.FromMinutes(1);

    /// <summary>Between two lines of output.</summary>
    /// <value>5 minutes by default.</value>
    public TimeSpan Idle { get; init => field = Require.AtLeast(value, TimeSpan.FromMilliseconds(1)); } = TimeSpan.FromMinutes(5);

    /// <summary>The whole execution.</summary>
    /// <value>30 minutes by default.</value>
    public TimeSpan Total { get; init => field = Require.AtLeast(value, TimeSpan.FromMilliseconds(1)); } = TimeSpan.FromMinutes(30);

    /// <summary>From the polite stop signal to the kill of the whole process tree.</summary>
    /// <value>5 seconds by default.</value>
    public TimeSpan Grace { get; init => field = Require.AtLeast(value, TimeSpan.Zero); } = TimeSpan.FromSeconds(5);
}
