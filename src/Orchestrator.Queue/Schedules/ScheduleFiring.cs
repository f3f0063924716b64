namespace Orchestrator.Queue.Schedules;

/// <summary>What a schedule enqueues whose time has come, and when it goes on.</summary>
/// <param name="Tasks">The tasks; none when it is paused or skips what was missed.</param>
/// <param name="Next">When it enqueues next; <see langword="null"/> for never again.</param>
/// <param name="Missed">Whether its time passed while nobody was there.</param>
internal readonly record struct ScheduleFiring(ValueList<TaskSubmission> Tasks, DateTimeOffset? Next, bool Missed)
{
    /// <summary>Decides by the misfire policy.</summary>
    /// <param name="due">The schedule; its time is not later than now.</param>
    /// <param name="now">The time.</param>
    /// <param name="tolerance">How late a time is not missed yet.</param>
    /// <exception cref="ArgumentException">The schedule cannot be read.</exception>
    public static ScheduleFiring Of(ScheduleStatus due, DateTimeOffset now, TimeSpan tolerance)
    {
        var schedule = due.Schedule;
        var times = new ScheduleTimes(schedule, due.CreatedAt);
        var first = due.NextAt!.Value;
        var missed = now - first > tolerance;
        var fired = schedule switch
        {
            { IsPaused: true } => [],
            _ when !missed => times.Latest(first, now, int.MaxValue),
            { Misfire: MisfirePolicy.FireAll } => times.Latest(first, now, schedule.MaxBackfill),
            { Misfire: MisfirePolicy.Skip } => times.Next(now - tolerance) is { } recent && recent <= now ? times.Latest(recent, now, int.MaxValue) : [],
            _ => times.Latest(first, now, 1),
        };
        return new ScheduleFiring([.. fired.Select(at => schedule.Task with { Id = ScheduleTimes.TaskId(schedule.Id, at) })], times.Next(now), missed);
    }
}
