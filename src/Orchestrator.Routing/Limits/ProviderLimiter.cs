using Orchestrator.Routing.Health;

namespace Orchestrator.Routing.Limits;

/// <summary>Our own limits of one provider, taken all or none.</summary>
internal static class ProviderLimiter
{
    /// <summary>Takes a slot, a request and tokens.</summary>
    /// <returns>The limit that is reached; <see cref="ReachedLimit.None"/> when everything was taken.</returns>
    public static ReachedLimit TryTake(ref ProviderState state, in LimitConfig limits, long tokens, long now)
    {
        if (!Slots.TryTake(ref state.InFlight, limits.Concurrent))
        {
            return ReachedLimit.Concurrent;
        }

        var reached = TryTakeRates(ref state, limits, tokens, now);
        if (reached != ReachedLimit.None)
        {
            Slots.GiveBack(ref state.InFlight);
        }

        return reached;
    }

    /// <summary>Gives everything back, as if the attempt had never been.</summary>
    public static void GiveBack(ref ProviderState state, in LimitConfig limits, long tokens, long now)
    {
        if (limits.TokensPerMinute != 0)
        {
            RateLimit.Correct(ref state.TokensFrom, -RateLimit.CostOf(tokens, limits.TokensPerMinute));
        }

        if (limits.RequestsPerMinute != 0)
        {
            RateLimit.Correct(ref state.RequestsFrom, -RateLimit.CostOf(1, limits.RequestsPerMinute));
        }

        if (limits.RequestsPerDay != 0)
        {
            DayLimit.GiveBack(ref state.Day, now);
        }

        Slots.GiveBack(ref state.InFlight);
    }

    private static ReachedLimit TryTakeRates(ref ProviderState state, in LimitConfig limits, long tokens, long now)
    {
        if (limits.RequestsPerDay != 0 && !DayLimit.TryTake(ref state.Day, now, limits.RequestsPerDay))
        {
            return ReachedLimit.RequestsPerDay;
        }

        if (limits.RequestsPerMinute != 0 && !RateLimit.TryTake(ref state.RequestsFrom, now, 1, limits.RequestsPerMinute))
        {
            GiveDayBack(ref state, limits, now);
            return ReachedLimit.RequestsPerMinute;
        }

        if (limits.TokensPerMinute != 0 && !RateLimit.TryTake(ref state.TokensFrom, now, tokens, limits.TokensPerMinute))
        {
            if (limits.RequestsPerMinute != 0)
            {
                RateLimit.Correct(ref state.RequestsFrom, -RateLimit.CostOf(1, limits.RequestsPerMinute));
            }

            GiveDayBack(ref state, limits, now);
            return ReachedLimit.TokensPerMinute;
        }

        return ReachedLimit.None;
    }

    private static void GiveDayBack(ref ProviderState state, in LimitConfig limits, long now)
    {
        if (limits.RequestsPerDay != 0)
        {
            DayLimit.GiveBack(ref state.Day, now);
        }
    }
}
