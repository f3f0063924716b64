using Orchestrator.Queue.Schedules;

namespace Orchestrator.Queue.Tests.Schedules;

public sealed class ScheduleTimesTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    [Fact]
    public void An_interval_counts_from_its_start_however_late_a_time_was_enqueued()
    {
        var times = Times(schedule => schedule with { Interval = TimeSpan.FromMinutes(10), StartsAt = Start });

        Assert.Equal(Start, times.Next(Start.AddHours(-1)));
        Assert.Equal(Start.AddMinutes(10), times.Next(Start));
        Assert.Equal(Start.AddMinutes(20), times.Next(Start.AddMinutes(19.9)));
    }

    [Fact]
    public void An_interval_without_a_start_counts_from_when_it_was_put() =>
        Assert.Equal(Start.AddMinutes(7), Times(schedule => schedule with { Interval = TimeSpan.FromMinutes(7) }).Next(Start));

    [Fact]
    public void Nothing_comes_before_the_start_or_after_the_end()
    {
        var times = Times(schedule => schedule with { Cron = "0 0 * * *", StartsAt = Start.AddDays(3), EndsAt = Start.AddDays(4) });

        Assert.Equal(Start.AddDays(3), times.Next(Start));
        Assert.Equal(Start.AddDays(4), times.Next(Start.AddDays(3)));
        Assert.Null(times.Next(Start.AddDays(4)));
    }

    [Theory]
    [InlineData("* * * * *", 10)]
    [InlineData("0 0 * * *", 3)]
    [InlineData("0 0 1 * *", 5)]
    public void The_latest_times_are_the_last_of_all(string cron, int count)
    {
        var times = Times(schedule => schedule with { Cron = cron });
        var (first, now) = (times.Next(Start)!.Value, Start.AddDays(200).AddSeconds(7));
        var all = new List<DateTimeOffset>();
        for (DateTimeOffset? next = first; next <= now; next = times.Next(next.Value))
        {
            all.Add(next.Value);
        }

        Assert.Equal(all.TakeLast(count), times.Latest(first, now, count));
    }

    [Theory]
    [InlineData("audit", 0, "audit-1767225600")]
    [InlineData("audit", 1, "audit-1767225600001")]
    public void A_tasks_id_is_the_schedules_and_the_time(string schedule, int milliseconds, string expected) =>
        Assert.Equal(expected, ScheduleTimes.TaskId(schedule, Start.AddMilliseconds(milliseconds)));

    [Fact]
    public void Ids_that_are_too_long_are_cut_and_stay_apart()
    {
        var one = ScheduleTimes.TaskId(new string('a', 127) + "1", Start);
        var other = ScheduleTimes.TaskId(new string('a', 127) + "2", Start);

        Assert.True(Identifiers.IsName(one));
        Assert.Equal(Identifiers.MaxLength, one.Length);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void A_time_that_was_not_missed_is_enqueued_and_the_next_is_found()
    {
        var firing = ScheduleFiring.Of(Due(MisfirePolicy.Skip), Start.AddSeconds(59), Tolerance);

        Assert.Equal(["s-1767225600"], firing.Tasks.Select(task => task.Id));
        Assert.Equal((Start.AddHours(1), false), (firing.Next, firing.Missed));
    }

    [Fact]
    public void Times_missed_are_enqueued_once_for_all_by_default()
    {
        var firing = ScheduleFiring.Of(Due(MisfirePolicy.FireOnce), Start.AddHours(5.5), Tolerance);

        Assert.Equal([ScheduleTimes.TaskId("s", Start.AddHours(5))], firing.Tasks.Select(task => task.Id));
        Assert.Equal((Start.AddHours(6), true), (firing.Next, firing.Missed));
    }

    [Fact]
    public void Times_missed_are_enqueued_one_by_one_up_to_the_latest_ones()
    {
        var firing = ScheduleFiring.Of(Due(MisfirePolicy.FireAll, maxBackfill: 3), Start.AddHours(5.5), Tolerance);

        Assert.Equal(new[] { 3, 4, 5 }.Select(hour => ScheduleTimes.TaskId("s", Start.AddHours(hour))), firing.Tasks.Select(task => task.Id));
        Assert.Equal(Start.AddHours(6), firing.Next);
    }

    [Fact]
    public void Times_missed_are_skipped_but_not_the_one_that_is_due_now()
    {
        Assert.Empty(ScheduleFiring.Of(Due(MisfirePolicy.Skip), Start.AddHours(5.5), Tolerance).Tasks);
        var firing = ScheduleFiring.Of(Due(MisfirePolicy.Skip), Start.AddHours(5).AddSeconds(2), Tolerance);

        Assert.Equal([ScheduleTimes.TaskId("s", Start.AddHours(5))], firing.Tasks.Select(task => task.Id));
    }

    [Fact]
    public void A_paused_schedule_moves_on_and_enqueues_nothing()
    {
        var due = Due(MisfirePolicy.FireAll);
        var firing = ScheduleFiring.Of(due with { Schedule = due.Schedule with { IsPaused = true } }, Start.AddHours(5.5), Tolerance);

        Assert.Empty(firing.Tasks);
        Assert.Equal(Start.AddHours(6), firing.Next);
    }

    [Fact]
    public void A_year_of_missed_seconds_is_made_up_for_in_bounded_work()
    {
        var due = new ScheduleStatus { Schedule = Schedule() with { Cron = "* * * * * *", Misfire = MisfirePolicy.FireAll }, NextAt = Start, CreatedAt = Start };

        var firing = ScheduleFiring.Of(due, Start.AddDays(365), Tolerance);

        Assert.Equal((100, Start.AddDays(365).AddSeconds(1)), (firing.Tasks.Count, firing.Next!.Value));
    }

    [Theory]
    [InlineData(null, 0, "must have either a cron expression or an interval")]
    [InlineData("* * * * *", 60, "must have either a cron expression or an interval")]
    [InlineData("61 * * * *", 0, "'minute': '61' at position 1")]
    public void A_schedule_with_wrong_times_is_refused(string? cron, int seconds, string message)
    {
        var schedule = Schedule() with { Cron = cron, Interval = seconds == 0 ? null : TimeSpan.FromSeconds(seconds) };

        Assert.Contains(message, Assert.Throws<ArgumentException>(() => new ScheduleTimes(schedule, Start)).Message, StringComparison.Ordinal);
    }

    private static ScheduleStatus Due(MisfirePolicy misfire, int maxBackfill = 0) => new()
    {
        Schedule = Schedule() with { Cron = "0 * * * *", Misfire = misfire, MaxBackfill = maxBackfill },
        NextAt = Start,
        CreatedAt = Start.AddDays(-1),
    };

    private static ScheduleTimes Times(Func<TaskSchedule, TaskSchedule> with) => new(with(Schedule()), Start);

    private static TaskSchedule Schedule() => new() { Id = "s", Task = new TaskSubmission { Id = "x", Type = "test", Payload = "1" } };
}
