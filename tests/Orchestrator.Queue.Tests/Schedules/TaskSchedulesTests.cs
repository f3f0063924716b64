using Orchestrator.Queue.Schedules;

namespace Orchestrator.Queue.Tests.Schedules;

public sealed class TaskSchedulesTests
{
    private static CancellationToken Cancel => ScheduleFixture.Cancel;

    [Fact]
    public async Task A_schedule_is_kept_as_it_was_given()
    {
        await using var process = new ScheduleFixture();
        var schedule = ScheduleFixture.Schedule("nightly") with
        {
            Cron = "30 2 * * MON-FRI",
            TimeZone = "Europe/Berlin",
            StartsAt = process.Now,
            EndsAt = process.Now.AddYears(1),
            Misfire = MisfirePolicy.FireAll,
            MaxBackfill = 7,
        };

        var put = await process.Schedules.PutAsync(schedule, Cancel);

        Assert.Equal(schedule, put.Schedule);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 1, 30, 0, TimeSpan.Zero), put.NextAt);
        Assert.Equal(put, await process.Schedules.GetAsync("nightly", Cancel));
        Assert.Equal([put], await process.Schedules.ListAsync(Cancel));
    }

    [Fact]
    public async Task Putting_the_same_times_again_leaves_the_next_time_and_changes_the_rest()
    {
        await using var process = new ScheduleFixture();
        var schedule = ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromHours(1) };
        var first = await process.Schedules.PutAsync(schedule, Cancel);
        process.Time.Advance(TimeSpan.FromMinutes(90));

        var again = await process.Schedules.PutAsync(schedule with { Misfire = MisfirePolicy.Skip }, Cancel);

        Assert.Equal((first.NextAt, first.CreatedAt), (again.NextAt, again.CreatedAt));
        Assert.Equal(MisfirePolicy.Skip, again.Schedule.Misfire);
    }

    [Fact]
    public async Task Other_times_are_counted_from_now_and_an_interval_still_from_when_it_was_put_first()
    {
        await using var process = new ScheduleFixture();
        var start = process.Now;
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromHours(1) }, Cancel);
        process.Time.Advance(TimeSpan.FromMinutes(90));

        var changed = await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Interval = TimeSpan.FromMinutes(40) }, Cancel);

        Assert.Equal(start.AddMinutes(120), changed.NextAt);
    }

    [Fact]
    public async Task A_schedule_that_goes_on_after_a_pause_does_not_make_up_for_it()
    {
        await using var process = new ScheduleFixture();
        var start = process.Now;
        var schedule = ScheduleFixture.Schedule("s") with { Cron = "0 * * * *", Misfire = MisfirePolicy.FireAll };
        await process.Schedules.PutAsync(schedule with { IsPaused = true }, Cancel);
        process.Time.Advance(TimeSpan.FromHours(5.5));

        var resumed = await process.Schedules.PutAsync(schedule, Cancel);

        Assert.Equal(start.AddHours(6), resumed.NextAt);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0 25 * * *")]
    [InlineData("every day")]
    public async Task A_wrong_schedule_is_refused_and_nothing_is_stored(string? cron)
    {
        await using var process = new ScheduleFixture();

        await Assert.ThrowsAsync<ArgumentException>(async () => await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = cron }, Cancel));

        Assert.Empty(await process.Schedules.ListAsync(Cancel));
    }

    [Fact]
    public async Task A_time_zone_that_nobody_knows_is_refused()
    {
        await using var process = new ScheduleFixture();
        var schedule = ScheduleFixture.Schedule("s") with { Cron = "@daily", TimeZone = "Mars/Olympus" };

        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await process.Schedules.PutAsync(schedule, Cancel));

        Assert.Contains("Mars/Olympus", error.Message, StringComparison.Ordinal);
        Assert.Empty(await process.Schedules.ListAsync(Cancel));
    }

    [Fact]
    public async Task A_removed_schedule_is_gone()
    {
        await using var process = new ScheduleFixture();
        await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = "@daily" }, Cancel);

        Assert.True(await process.Schedules.RemoveAsync("s", Cancel));
        Assert.False(await process.Schedules.RemoveAsync("s", Cancel));
        Assert.Null(await process.Schedules.GetAsync("s", Cancel));
    }

    [Fact]
    public async Task A_date_that_never_comes_is_put_and_never_enqueues()
    {
        await using var process = new ScheduleFixture();

        Assert.Null((await process.Schedules.PutAsync(ScheduleFixture.Schedule("s") with { Cron = "0 0 30 2 *" }, Cancel)).NextAt);
    }
}
