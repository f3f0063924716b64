namespace Orchestrator.Routing.Limits;

/// <summary>A limit for each day from midnight UTC: the day's number and the count in one number, so that both change in one exchange.</summary>
internal static class DayLimit
{
    /// <summary>How many were counted on the day of <paramref name="now"/>.</summary>
    public static int Count(long day, long now) => day >> 32 >= now / TimeSpan.TicksPerDay ? (int)day : 0;

    /// <summary>When the next day begins, UTC ticks.</summary>
    public static long Next(long now) => ((now / TimeSpan.TicksPerDay) + 1) * TimeSpan.TicksPerDay;

    public static bool TryTake(ref long day, long now, int limit)
    {
        var current = Volatile.Read(ref day);
        while (true)
        {
            var count = Count(current, now);
            if (count >= limit)
            {
                return false;
            }

            // A clock that goes back does not start an old day anew.
            var number = Math.Max(current >> 32, now / TimeSpan.TicksPerDay);
            var seen = Interlocked.CompareExchange(ref day, (number << 32) | (uint)(count + 1), current);
            if (seen == current)
            {
                return true;
            }

            current = seen;
        }
    }

    /// <summary>Takes one count back, if its day is not over.</summary>
    public static void GiveBack(ref long day, long now)
    {
        var current = Volatile.Read(ref day);
        while (Count(current, now) > 0)
        {
            var seen = Interlocked.CompareExchange(ref day, current - 1, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }
}
