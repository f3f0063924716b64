namespace Orchestrator.Containers.Cost;

/// <summary>What a pool has cost today (UTC), against its cap.</summary>
/// <remarks>Not thread-safe: guarded by who reconciles the pool, and asked each step where there is a rate. A day begins with the first question on it, so what was spent since the question
/// before counts on the day that ended. A clock that is set back stays on the later day, whose cost goes on counting; what an earlier process spent counts only when it was on the very same day.</remarks>
internal sealed class DailyBudget(decimal? capUsd)
{
    private DateOnly _day;
    private decimal _before; // what this process had spent when the day began, less what earlier ones spent on it

    /// <summary>The day, and what was spent on it.</summary>
    /// <param name="now">The time.</param>
    /// <param name="totalUsd">What the pool has cost since the balancer started.</param>
    public (DateOnly Day, decimal Usd) Today(DateTimeOffset now, decimal totalUsd)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day > _day)
        {
            _before = _day == default ? 0 : totalUsd;
            _day = day;
        }

        return (_day, totalUsd - _before);
    }

    /// <summary>Tells whether the cap is reached.</summary>
    /// <param name="now">The time.</param>
    /// <param name="totalUsd">What the pool has cost since the balancer started.</param>
    public bool IsReached(DateTimeOffset now, decimal totalUsd) => Today(now, totalUsd).Usd is var spent && spent >= capUsd;

    /// <summary>Adds what an earlier process spent on a day; nothing when that is over.</summary>
    public void Carry(DateOnly day, decimal usd, DateTimeOffset now, decimal totalUsd)
    {
        if (Today(now, totalUsd).Day == day)
        {
            _before -= usd;
        }
    }
}
