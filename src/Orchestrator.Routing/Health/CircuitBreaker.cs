using System.Runtime.InteropServices;
using Orchestrator.Routing.Snapshots;

namespace Orchestrator.Routing.Health;

/// <summary>Opens, probes and closes. Works on the state of one candidate, without locks.</summary>
internal static class CircuitBreaker
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(7);

    /// <summary>Takes the only probe of a half-open breaker for a decision; true as well when the breaker is closed.</summary>
    /// <param name="state">The candidate's state.</param>
    /// <param name="tag">Whose the probe is: the decision that took it, bound to its time.</param>
    /// <param name="now">UTC ticks.</param>
    /// <param name="probeTimeout">How long it keeps others out when nothing is heard of it.</param>
    /// <param name="decision">Who wants it.</param>
    public static bool TryEnter(ref ProviderState state, ref long tag, long now, TimeSpan probeTimeout, Guid decision)
    {
        if (Volatile.Read(ref state.OpenUntil) == 0)
        {
            return true;
        }

        var (probe, until) = (Volatile.Read(ref state.ProbeUntil), now + probeTimeout.Ticks);
        if (probe > now || Interlocked.CompareExchange(ref state.ProbeUntil, until, probe) != probe)
        {
            return false;
        }

        // Nobody can give this probe back before the decision is known to its caller, so the tag may follow the time.
        Interlocked.Exchange(ref tag, TagOf(decision, until));
        return true;
    }

    /// <summary>Closes the breaker; false when it was closed.</summary>
    public static bool Close(ref ProviderState state)
    {
        // Nearly always there is nothing to clear; then nothing is written.
        Clear(ref state.Failures);
        Clear(ref state.Trips);
        if (Volatile.Read(ref state.ProbeUntil) != 0)
        {
            Interlocked.Exchange(ref state.ProbeUntil, 0);
        }

        return Volatile.Read(ref state.OpenUntil) != 0 && Interlocked.Exchange(ref state.OpenUntil, 0) != 0;
    }

    /// <summary>Lets the next probe in when this one told nothing. Only the decision that took the probe gives it back; for any other this does nothing.</summary>
    public static void Release(ref ProviderState state, ref long tag, Guid decision)
    {
        // The tag holds the time as well: that of an earlier probe does not fit the time of a later one whose tag is not written yet.
        var until = Volatile.Read(ref state.ProbeUntil);
        if (until != 0 && Volatile.Read(ref tag) == TagOf(decision, until))
        {
            Interlocked.CompareExchange(ref state.ProbeUntil, 0, until);
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

    private static long TagOf(Guid decision, long until)
    {
        var halves = MemoryMarshal.Cast<Guid, ulong>(new ReadOnlySpan<Guid>(in decision));
        return (long)Mixer.Mix(halves[0] ^ Mixer.Mix(halves[1] ^ (ulong)until));
    }

    private static TimeSpan BackOff(RoutingConfig config, int trips, ulong salt)
    {
        var ticks = Math.Min(config.MaxBreakDuration.Ticks, config.BreakDuration.Ticks * Math.Pow(2, Math.Min(trips - 1, 40)));
        var jitter = (Mixer.Mix(config.Seed ^ salt ^ ((ulong)trips << 32)) >> 11) * (1.0 / (1UL << 53));
        return TimeSpan.FromTicks((long)(ticks * (1 + (jitter / 4))));
    }
}
