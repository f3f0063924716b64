namespace Orchestrator.Containers.Cost;

/// <summary>What a pool has cost today (UTC), against its cap.</summary>
/// <remarks>Not thread-safe: asked by the one who reconciles the pool, once a step. A day begins with the first question on it, so up to one step's cost may count on the wrong day.
/// Knows nothing of before the balancer's start: a restart begins at zero. A clock that is set back stays on the later day, whose cost goes on counting.</remarks>
internal sealed class DailyBudget(decimal? capUsd)
{
    private DateOnly _day;
    private decimal _before;

    /// <summary>Tells whether the cap is reached.</summary>
    /// <param name="now">The time.</param>
    /// <param name="totalUsd">What the pool has cost since the balancer started.</param>
    public bool IsReached(DateTimeOffset now, decimal totalUsd)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        if (day > _day)
        {
            _before = _day == default ? 0 : totalUsd;
            _day = day;
        }

        return capUsd is { } cap && totalUsd - _before >= cap;
    }
}
