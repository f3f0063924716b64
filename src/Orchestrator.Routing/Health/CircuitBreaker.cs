using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Health;

/// <summary>Opens, probes and closes. Works on the state of one candidate, without locks.</summary>
internal static class CircuitBreaker
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <summary>Takes the only probe of a half-open breaker; true as well when the breaker is closed.</summary>
    public static bool TryEnter(ref ProviderState state, long now, TimeSpan probeTimeout)
    {
        if (Volatile.Read(ref state.OpenUntil) == 0)
        {
            return true;
        }

        var probe = Volatile.Read(ref state.ProbeUntil);
        return probe <= now && Interlocked.CompareExchange(ref state.ProbeUntil, now + probeTimeout.Ticks, probe) == probe;
    }

    /// <summary>Closes the breaker; false when it was closed.</summary>
    public static bool Close(ref ProviderState state)
    {
        // Nearly always there is nothing to clear; then nothing is written.
        Clear(ref state.Failures);
        Clear(ref state.Trips);
        Release(ref state);
        return Volatile.Read(ref state.OpenUntil) != 0 && Interlocked.Exchange(ref state.OpenUntil, 0) != 0;
    }

    /// <summary>Lets the next probe in when this one told nothing.</summary>
    public static void Release(ref ProviderState state)
    {
        if (Volatile.Read(ref state.ProbeUntil) != 0)
        {
            Interlocked.Exchange(ref state.ProbeUntil, 0);
        }
    }

    /// <summary>Counts a failure.</summary>
    /// <param name="state">The candidate's state.</param>
    /// <param name="now">UTC ticks.</param>
    /// <param name="retryAfter">How long the provider asked us to wait; it wins over a shorter back-off.</param>
    /// <param name="config">The settings.</param>
    /// <param name="salt">Makes the jitter of each candidate differ.</param>
    /// <param name="isRatioReached">Whether too large a share of the last attempts failed; opens it before enough failed in a row.</param>
    /// <returns>Until when the breaker is open now; 0 when this failure did not open it.</returns>
    public static long Fail(ref ProviderState state, long now, TimeSpan? retryAfter, RoutingConfig config, ulong salt, bool isRatioReached = false)
    {
        var open = Volatile.Read(ref state.OpenUntil);
        if (open > now)
        {
            return 0;
        }

        var failures = Interlocked.Increment(ref state.Failures);
        if (open == 0 && !isRatioReached && failures < config.FailureThreshold)
        {
            return 0;
        }

        var trips = Volatile.Read(ref state.Trips) + 1;
        var wait = Math.Max(BackOff(config, trips, salt).Ticks, Clamp(retryAfter ?? TimeSpan.Zero).Ticks);
        if (Interlocked.CompareExchange(ref state.OpenUntil, now + wait, open) != open)
        {
            return 0;
        }

        Interlocked.Exchange(ref state.Trips, trips);
        Interlocked.Exchange(ref state.Failures, 0);
        Interlocked.Exchange(ref state.ProbeUntil, 0);
        return now + wait;
    }

    private static void Clear(ref int field)
    {
        if (Volatile.Read(ref field) != 0)
        {
            Interlocked.Exchange(ref field, 0);
        }
    }

    /// <summary>Opens the breaker at once.</summary>
    /// <returns>Until when it is open.</returns>
    public static long FailFatally(ref ProviderState state, long now, TimeSpan? retryAfter, RoutingConfig config)
    {
        var wait = Math.Max(config.FatalBreakDuration.Ticks, Clamp(retryAfter ?? TimeSpan.Zero).Ticks);
        var until = Raise(ref state.OpenUntil, now + wait);
        Interlocked.Exchange(ref state.Failures, 0);
        Interlocked.Exchange(ref state.ProbeUntil, 0);
        return until;
    }

    /// <summary>Moves a time later, never earlier.</summary>
    /// <returns>The time as it is then.</returns>
    public static long Raise(ref long field, long value)
    {
        var current = Volatile.Read(ref field);
        while (current < value)
        {
            var seen = Interlocked.CompareExchange(ref field, value, current);
            if (seen == current)
            {
                return value;
            }

            current = seen;
        }

        return current;
    }

    public static TimeSpan Clamp(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestWait ? LongestWait : wait;

    private static TimeSpan BackOff(RoutingConfig config, int trips, ulong salt)
    {
        var ticks = Math.Min(config.MaxBreakDuration.Ticks, config.BreakDuration.Ticks * Math.Pow(2, Math.Min(trips - 1, 40)));
        var jitter = (Mixer.Mix(config.Seed ^ salt ^ ((ulong)trips << 32)) >> 11) * (1.0 / (1UL << 53));
        return TimeSpan.FromTicks((long)(ticks * (1 + (jitter / 4))));
    }
}
