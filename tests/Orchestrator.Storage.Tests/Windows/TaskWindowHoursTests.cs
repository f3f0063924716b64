using System.Globalization;
using Orchestrator.Queue;
using Orchestrator.Storage.Windows;

namespace Orchestrator.Storage.Tests.Windows;

public sealed class TaskWindowHoursTests
{
    // In Berlin the clock goes from 02:00 to 03:00 on 2026-03-29, and from 03:00 back to 02:00 on 2026-10-25.
    [Theory]
    [InlineData("09:00", "17:00", "UTC", "2026-01-01T08:00Z", "2026-01-01T09:00Z", "2026-01-01T17:00Z")]
    [InlineData("09:00", "17:00", "UTC", "2026-01-01T09:00Z", "2026-01-01T09:00Z", "2026-01-01T17:00Z")]
    [InlineData("09:00", "17:00", "UTC", "2026-01-01T16:59Z", "2026-01-01T16:59Z", "2026-01-01T17:00Z")]
    [InlineData("09:00", "17:00", "UTC", "2026-01-01T17:00Z", "2026-01-02T09:00Z", "2026-01-02T17:00Z")]
    [InlineData("22:00", "06:00", "UTC", "2026-01-01T05:00Z", "2026-01-01T05:00Z", "2026-01-01T06:00Z")]
    [InlineData("22:00", "06:00", "UTC", "2026-01-01T06:00Z", "2026-01-01T22:00Z", "2026-01-02T06:00Z")]
    [InlineData("22:00", "06:00", "UTC", "2026-12-31T23:00Z", "2026-12-31T23:00Z", "2027-01-01T06:00Z")]
    [InlineData("09:00", "17:00", "Europe/Berlin", "2026-03-28T00:00Z", "2026-03-28T08:00Z", "2026-03-28T16:00Z")]
    [InlineData("09:00", "17:00", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T07:00Z", "2026-03-29T15:00Z")]
    [InlineData("02:30", "04:00", "Europe/Berlin", "2026-03-29T00:00Z", "2026-03-29T01:00Z", "2026-03-29T02:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-29T00:00Z", "2026-03-29T01:00Z")]
    [InlineData("02:15", "02:45", "Europe/Berlin", "2026-03-28T23:00Z", "2026-03-30T00:15Z", "2026-03-30T00:45Z")]
    [InlineData("02:30", "04:00", "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-25T00:30Z", "2026-10-25T03:00Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-24T22:00Z", "2026-10-24T23:00Z", "2026-10-25T00:30Z")]
    [InlineData("01:00", "02:30", "Europe/Berlin", "2026-10-25T00:30Z", "2026-10-26T00:00Z", "2026-10-26T01:30Z")]
    [InlineData("22:00", "06:00", "America/New_York", "2026-03-08T05:00Z", "2026-03-08T05:00Z", "2026-03-08T10:00Z")]
    [InlineData("00:00", "01:00", "Pacific/Kiritimati", "2026-01-01T00:00Z", "2026-01-01T10:00Z", "2026-01-01T11:00Z")]
    public void The_next_opening_is_found(string from, string to, string zone, string time, string opens, string closes)
    {
        var window = new TaskWindow { From = Clock(from), To = Clock(to), TimeZone = zone };

        Assert.Equal((Instant(opens), Instant(closes)), TaskWindowHours.Next(window, Instant(time)));
    }

    [Theory]
    [InlineData("2026-01-01T12:00Z", "2026-01-02T23:00Z", "2026-01-03T03:00Z")] // a Thursday
    [InlineData("2026-01-03T02:00Z", "2026-01-03T02:00Z", "2026-01-03T03:00Z")] // Friday's night
    [InlineData("2026-01-03T03:00Z", "2026-01-04T23:00Z", "2026-01-05T03:00Z")]
    [InlineData("2026-01-05T03:00Z", "2026-01-09T23:00Z", "2026-01-10T03:00Z")]
    public void A_window_begins_only_on_its_days(string time, string opens, string closes)
    {
        var window = new TaskWindow { From = new TimeOnly(23, 0), To = new TimeOnly(3, 0), Days = [DayOfWeek.Friday, DayOfWeek.Sunday] };

        Assert.Equal((Instant(opens), Instant(closes)), TaskWindowHours.Next(window, Instant(time)));
    }

    [Fact]
    public void A_whole_day_lasts_until_the_same_time_of_the_next()
    {
        var window = new TaskWindow { From = new TimeOnly(6, 0), To = new TimeOnly(6, 0), Days = [DayOfWeek.Saturday] };

        Assert.Equal((Instant("2026-01-03T06:00Z"), Instant("2026-01-04T06:00Z")), TaskWindowHours.Next(window, Instant("2026-01-01T00:00Z")));
    }

    [Fact]
    public void Whole_days_of_all_days_never_close()
    {
        var time = Instant("2026-01-01T12:34Z");
        var window = new TaskWindow { From = new TimeOnly(6, 0), To = new TimeOnly(6, 0) };

        Assert.Equal((time, null), TaskWindowHours.Next(window, time));
        Assert.Equal((time, null), TaskWindowHours.Next(window with { Days = [.. Enum.GetValues<DayOfWeek>()] }, time));
    }

    [Fact]
    public void A_time_zone_that_this_machine_does_not_know_is_taken_for_utc()
    {
        var window = new TaskWindow { From = new TimeOnly(6, 0), To = new TimeOnly(7, 0), TimeZone = "Mars/Olympus" };

        Assert.Equal((Instant("2026-01-01T06:00Z"), Instant("2026-01-01T07:00Z")), TaskWindowHours.Next(window, Instant("2026-01-01T00:00Z")));
    }

    [Fact]
    public void Through_two_years_of_half_hours_an_opening_is_never_over_and_the_next_is_never_skipped()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        foreach (var window in (TaskWindow[])[
            new() { From = new TimeOnly(1, 30), To = new TimeOnly(2, 30), TimeZone = zone.Id }, new() { From = new TimeOnly(2, 30), To = new TimeOnly(3, 30), TimeZone = zone.Id },
            new() { From = new TimeOnly(22, 0), To = new TimeOnly(5, 0), TimeZone = zone.Id, Days = [DayOfWeek.Saturday, DayOfWeek.Monday] }])
        {
            var last = default(DateTimeOffset);
            for (var time = Instant("2026-01-01T00:00Z"); time < Instant("2028-01-01T00:00Z"); time = time.AddMinutes(30))
            {
                var (opens, closes) = TaskWindowHours.Next(window, time);
                Assert.True(opens >= time && closes > opens && closes - opens <= TimeSpan.FromHours(8), $"{window}: {time:O} -> {opens:O}..{closes:O}");
                Assert.True(opens >= last, $"{window}: {time:O} -> {opens:O} after {last:O}");
                last = opens;
                Assert.True(opens == time || TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(opens, zone).DateTime) is var local && (local == window.From || local.Hour == 3), $"{window}: {opens:O}");
            }
        }
    }

    private static TimeOnly Clock(string text) => TimeOnly.Parse(text, CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
