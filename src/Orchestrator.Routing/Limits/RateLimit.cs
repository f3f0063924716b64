namespace Orchestrator.Routing.Limits;

/// <summary>
/// A limit for each minute as one number: the time from which the next one is let in. It works as a bucket that holds a minute's worth and fills evenly,
/// and each change is one exchange.
/// </summary>
internal static class RateLimit
{
    private const long Minute = TimeSpan.TicksPerMinute;

    /// <summary>What one amount could use up at most, so that a mistaken figure does not shut a provider out for ever.</summary>
    private const long Longest = 7 * TimeSpan.TicksPerDay;

    /// <summary>The time that an amount takes to fill in again.</summary>
    public static long CostOf(long amount, long perMinute) =>
        amount <= 0 ? 0
        : amount <= long.MaxValue / Minute ? Math.Clamp(amount * Minute / perMinute, 1, Longest)
        : Longest;

    /// <summary>Takes an amount when the bucket holds at least one unit. An amount that is larger than what it holds leaves a debt, so that large tasks are not shut out.</summary>
    public static bool TryTake(ref long from, long now, long amount, long perMinute)
    {
        var (full, cost) = (now - Minute + CostOf(1, perMinute), CostOf(amount, perMinute));
        var current = Volatile.Read(ref from);
        while (current <= now)
        {
            var seen = Interlocked.CompareExchange(ref from, Math.Max(current, full) + cost, current);
            if (seen == current)
            {
                return true;
            }

            current = seen;
        }

        return false;
    }

    /// <summary>Corrects what was taken: a positive time takes more, a negative one gives back. A bucket never holds more than a minute's worth, see <see cref="TryTake"/>.</summary>
    public static void Correct(ref long from, long cost)
    {
        if (cost != 0)
        {
            Interlocked.Add(ref from, cost);
        }
    }
}
