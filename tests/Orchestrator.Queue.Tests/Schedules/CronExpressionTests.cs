using System.Globalization;
using Orchestrator.Queue.Schedules;

namespace Orchestrator.Queue.Tests.Schedules;

public sealed class CronExpressionTests
{
    // 2026-01-01 is a Thursday.
    [Theory]
    [InlineData("* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:01:00")]
    [InlineData("* * * * *", "2026-01-01T00:00:59.999", "2026-01-01T00:01:00")]
    [InlineData("*/15 * * * *", "2026-01-01T00:46:00", "2026-01-01T01:00:00")]
    [InlineData("5/20 * * * *", "2026-01-01T00:25:00", "2026-01-01T00:45:00")]
    [InlineData("10-40/10 * * * *", "2026-01-01T00:40:00", "2026-01-01T01:10:00")]
    [InlineData("1,3,59 4 * * *", "2026-01-01T04:03:00", "2026-01-01T04:59:00")]
    [InlineData("30 4 * * *", "2026-01-01T04:30:00", "2026-01-02T04:30:00")]
    [InlineData("0 22-2 * * *", "2026-01-01T22:00:00", "2026-01-01T23:00:00")]
    [InlineData("0 22-2 * * *", "2026-01-01T02:00:00", "2026-01-01T22:00:00")]
    [InlineData("0 0 1 1 *", "2026-01-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("0 0 31 * *", "2026-01-31T00:00:00", "2026-03-31T00:00:00")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 29 FEB *", "2096-03-01T00:00:00", "2104-02-29T00:00:00")]
    [InlineData("0 9 * * MON-FRI", "2026-01-02T09:00:00", "2026-01-05T09:00:00")]
    [InlineData("0 9 * jan-mar,dec sun", "2026-03-30T00:00:00", "2026-12-06T09:00:00")]
    [InlineData("0 9 * * 7", "2026-01-01T00:00:00", "2026-01-04T09:00:00")]
    [InlineData("0 9 * * 0-7", "2026-01-01T10:00:00", "2026-01-02T09:00:00")]
    [InlineData("0 9 * * 5-7", "2026-01-04T10:00:00", "2026-01-09T09:00:00")]
    [InlineData("0 9 * * FRI-MON", "2026-01-05T10:00:00", "2026-01-09T09:00:00")]
    [InlineData("  0\t9  * * * ", "2026-01-01T10:00:00", "2026-01-02T09:00:00")]
    [InlineData("0 0 0 1 1 *", "2026-01-01T00:00:00", "2027-01-01T00:00:00")]
    [InlineData("*/10 * * * * *", "2026-01-01T00:00:50", "2026-01-01T00:01:00")]
    [InlineData("15,45 59 23 31 12 *", "2026-12-31T23:59:15", "2026-12-31T23:59:45")]
    public void The_next_time_is_found(string expression, string after, string expected) => Assert.Equal(Utc(expected), Next(expression, after));

    [Theory]
    [InlineData("0 0 L * *", "2026-01-31T00:00:00", "2026-02-28T00:00:00")]
    [InlineData("0 0 L 2 *", "2028-01-01T00:00:00", "2028-02-29T00:00:00")]
    [InlineData("0 0 L-2 * *", "2026-02-01T00:00:00", "2026-02-26T00:00:00")]
    [InlineData("0 0 L-30 * *", "2026-01-02T00:00:00", "2026-03-01T00:00:00")]
    [InlineData("0 0 1,L * *", "2026-01-01T00:00:00", "2026-01-31T00:00:00")]
    [InlineData("0 0 15W * *", "2026-02-01T00:00:00", "2026-02-16T00:00:00")] // the 15th is a Sunday
    [InlineData("0 0 15W * *", "2026-08-01T00:00:00", "2026-08-14T00:00:00")] // a Saturday
    [InlineData("0 0 1W * *", "2026-08-01T00:00:00", "2026-08-03T00:00:00")] // Saturday the 1st: not in July
    [InlineData("0 0 31W 5 *", "2026-05-01T00:00:00", "2026-05-29T00:00:00")] // Sunday the 31st: not in June
    [InlineData("0 0 31W * *", "2026-06-01T00:00:00", "2026-07-31T00:00:00")] // June has no 31st
    [InlineData("0 0 LW * *", "2026-05-01T00:00:00", "2026-05-29T00:00:00")]
    [InlineData("0 0 * * 5L", "2026-01-01T00:00:00", "2026-01-30T00:00:00")]
    [InlineData("0 0 ? * FRIL", "2026-01-30T00:00:00", "2026-02-27T00:00:00")]
    [InlineData("0 0 * * FRI#2", "2026-01-01T00:00:00", "2026-01-09T00:00:00")]
    [InlineData("0 0 * * 1#5", "2026-01-01T00:00:00", "2026-03-30T00:00:00")]
    [InlineData("0 0 * * 7#1,3#1", "2026-01-01T00:00:00", "2026-01-04T00:00:00")]
    public void Days_from_the_end_of_a_month_nearest_weekdays_and_nth_weekdays_are_found(string expression, string after, string expected) =>
        Assert.Equal(Utc(expected), Next(expression, after));

    [Theory]
    [InlineData("0 0 13 * FRI", "2026-01-01T00:00:00", "2026-01-02T00:00:00")] // both restricted: a Friday will do
    [InlineData("0 0 13 * FRI", "2026-01-09T00:00:00", "2026-01-13T00:00:00")] // … and so will a 13th
    [InlineData("0 0 */2 * FRI", "2026-01-01T00:00:00", "2026-01-09T00:00:00")] // begins with '*': both must match
    [InlineData("0 0 13 * */5", "2026-01-01T00:00:00", "2026-02-13T00:00:00")]
    [InlineData("0 0 13 * ?", "2026-01-01T00:00:00", "2026-01-13T00:00:00")]
    [InlineData("0 0 ? * FRI", "2026-01-01T00:00:00", "2026-01-02T00:00:00")]
    public void Of_two_restricted_day_fields_either_will_do_and_beside_a_star_both_must_match(string expression, string after, string expected) =>
        Assert.Equal(Utc(expected), Next(expression, after));

    [Theory]
    [InlineData("@hourly", "2026-01-01T01:00:00")]
    [InlineData("@daily", "2026-01-02T00:00:00")]
    [InlineData("@midnight", "2026-01-02T00:00:00")]
    [InlineData("@Weekly", "2026-01-04T00:00:00")]
    [InlineData("@monthly", "2026-02-01T00:00:00")]
    [InlineData("@yearly", "2027-01-01T00:00:00")]
    [InlineData(" @annually ", "2027-01-01T00:00:00")]
    public void Macros_stand_for_expressions(string macro, string expected) => Assert.Equal(Utc(expected), Next(macro, "2026-01-01T00:00:00"));

    [Theory]
    [InlineData("0 0 30 2 *")]
    [InlineData("0 0 31 2,4,6,9,11 *")]
    [InlineData("0 0 31W 2 ?")]
    [InlineData("0 0 L-29 2 *")]
    public void A_date_that_never_comes_has_no_next_time(string expression) => Assert.Null(Next(expression, "2026-01-01T00:00:00"));

    [Fact]
    public void There_is_no_time_after_the_end_of_the_calendar() => Assert.Null(CronExpression.Parse("* * * * *").Next(DateTimeOffset.MaxValue, TimeZoneInfo.Utc));

    [Theory]
    [InlineData("0 0 * * *", "2026-01-01T00:30:00", "2026-01-01T18:15:00")]
    [InlineData("*/20 * * * *", "2026-01-01T00:00:00", "2026-01-01T00:15:00")]
    public void Kathmandu_is_five_hours_and_three_quarters_ahead(string expression, string after, string expected) =>
        Assert.Equal(Utc(expected), Next(expression, after, "Asia/Kathmandu"));

    // The clock goes from 02:00 to 03:00 at 01:00 UTC on 29 March 2026, from 03:00 to 02:00 at 01:00 UTC on 25 October 2026.
    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00", "2026-03-30T00:30:00")]
    [InlineData("15,45 2 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00", "2026-03-30T00:15:00")]
    [InlineData("0 3 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00", "2026-03-30T01:00:00")]
    [InlineData("30 1-3 * * *", "2026-03-29T00:00:00", "2026-03-29T00:30:00", "2026-03-29T01:00:00", "2026-03-29T01:30:00")]
    [InlineData("30 * * * *", "2026-03-29T00:00:00", "2026-03-29T00:30:00", "2026-03-29T01:30:00", "2026-03-29T02:30:00")]
    [InlineData("*/30 2 * * *", "2026-03-28T12:00:00", "2026-03-30T00:00:00", "2026-03-30T00:30:00")]
    public void When_the_clock_is_put_forward_fixed_times_come_right_after_the_gap_and_others_are_left_out(string expression, string after, params string[] expected) =>
        AssertTimes(expression, "Europe/Berlin", after, expected);

    [Theory]
    [InlineData("30 2 * * *", "2026-10-24T12:00:00", "2026-10-25T00:30:00", "2026-10-26T01:30:00")]
    [InlineData("30 2 * * *", "2026-10-25T01:10:00", "2026-10-26T01:30:00")]
    [InlineData("0 2,3 * * *", "2026-10-24T12:00:00", "2026-10-25T00:00:00", "2026-10-25T02:00:00")]
    [InlineData("30 * * * *", "2026-10-25T00:00:00", "2026-10-25T00:30:00", "2026-10-25T01:30:00", "2026-10-25T02:30:00")]
    [InlineData("*/30 2 * * *", "2026-10-24T12:00:00", "2026-10-25T00:00:00", "2026-10-25T00:30:00", "2026-10-25T01:00:00", "2026-10-25T01:30:00", "2026-10-26T01:00:00")]
    [InlineData("* * 2 * * *", "2026-10-25T00:59:58", "2026-10-25T00:59:59", "2026-10-25T01:00:00", "2026-10-25T01:00:01")]
    public void When_the_clock_is_put_back_fixed_times_come_once_and_others_every_time(string expression, string after, params string[] expected) =>
        AssertTimes(expression, "Europe/Berlin", after, expected);

    // 8 March 2026, 02:00 EST becomes 03:00 EDT at 07:00 UTC; 1 November, 02:00 EDT becomes 01:00 EST at 06:00 UTC.
    [Theory]
    [InlineData("0 2 * * *", "2026-03-07T12:00:00", "2026-03-08T07:00:00", "2026-03-09T06:00:00")]
    [InlineData("30 1 * * *", "2026-10-31T12:00:00", "2026-11-01T05:30:00", "2026-11-02T06:30:00")]
    [InlineData("0 * * * *", "2026-11-01T04:30:00", "2026-11-01T05:00:00", "2026-11-01T06:00:00", "2026-11-01T07:00:00")]
    public void New_York_changes_at_two(string expression, string after, params string[] expected) => AssertTimes(expression, "America/New_York", after, expected);

    // 5 April 2026, 02:00 +11 becomes 01:30 +10:30 at 15:00 UTC on the 4th; 4 October, 02:00 +10:30 becomes 02:30 +11 at 15:30 UTC on the 3rd.
    [Theory]
    [InlineData("45 1 * * *", "2026-04-04T00:00:00", "2026-04-04T14:45:00", "2026-04-05T15:15:00")]
    [InlineData("*/15 1 * * *", "2026-04-04T14:00:00", "2026-04-04T14:15:00", "2026-04-04T14:30:00", "2026-04-04T14:45:00", "2026-04-04T15:00:00", "2026-04-04T15:15:00", "2026-04-05T14:30:00")]
    [InlineData("10 2 * * *", "2026-10-03T00:00:00", "2026-10-03T15:30:00", "2026-10-04T15:10:00")]
    public void Lord_Howe_changes_by_half_an_hour(string expression, string after, params string[] expected) => AssertTimes(expression, "Australia/Lord_Howe", after, expected);

    [Fact]
    public void A_day_that_a_zone_left_out_is_made_up_for_at_the_end_of_the_gap() =>
        AssertTimes("0 12 * * *", "Pacific/Apia", "2011-12-29T00:00:00", "2011-12-29T22:00:00", "2011-12-30T10:00:00", "2011-12-30T22:00:00");

    [Theory]
    [InlineData("60 * * * *", "The field 'minute': '60' at position 1 is not a value from 0 to 59.")]
    [InlineData("0 24 * * *", "The field 'hour': '24' at position 3 is not a value from 0 to 23.")]
    [InlineData("0 0 0 * *", "The field 'day of month': '0' at position 5 is not a value from 1 to 31.")]
    [InlineData("0 0 1,32 * *", "The field 'day of month': '32' at position 7 is not a value from 1 to 31.")]
    [InlineData("0 0 * FOO *", "The field 'month': 'FOO' at position 7 is not a value from 1 to 12 or JAN to DEC.")]
    [InlineData("0 0 * * 8", "The field 'day of week': '8' at position 9 is not a value from 0 to 7 or SUN to SAT.")]
    [InlineData("0 0 * * FRI#6", "The field 'day of week': '6' at position 13 is not the number of a week from 1 to 5.")]
    [InlineData("*/0 * * * *", "The field 'minute': '0' at position 3 is not a step from 1 to 59.")]
    [InlineData("*/90 * * * *", "The field 'minute': '90' at position 3 is not a step from 1 to 59.")]
    [InlineData("1-x * * * *", "The field 'minute': 'x' at position 3 is not a value from 0 to 59.")]
    [InlineData("1,,2 * * * *", "The field 'minute': '' at position 3 is empty; a comma stands between two values.")]
    [InlineData("61 * * * * *", "The field 'second': '61' at position 1 is not a value from 0 to 59.")]
    [InlineData("0 ? * * *", "The field 'hour': '?' at position 3 stands for a day only; write '*'.")]
    [InlineData("0 0 L-31 * *", "The field 'day of month': '31' at position 7 is not the number of days before the last from 1 to 30.")]
    [InlineData("0 0 * * L", "The field 'day of week': '' at position 9 is not a value from 0 to 7 or SUN to SAT.")]
    [InlineData("99999999999999999999 * * * *", "The field 'minute': '99999999999999999999' at position 1 is not a value from 0 to 59.")]
    [InlineData("0 0 15W-20 * *", "The field 'day of month': '15W' at position 5 is not a value from 1 to 31.")]
    [InlineData("-1 * * * *", "The field 'minute': '' at position 1 is not a value from 0 to 59.")]
    public void A_wrong_expression_is_refused_with_the_field_and_the_place(string expression, string message)
    {
        Assert.Equal(message, Assert.Throws<FormatException>(() => CronExpression.Parse(expression)).Message);
        Assert.False(CronExpression.TryParse(expression, out _));
    }

    [Theory]
    [InlineData("", "has 0 fields")]
    [InlineData("* * * *", "has 4 fields")]
    [InlineData("* * * * * * *", "has 7 fields")]
    [InlineData("@often", "'@often' is no cron macro; known: @yearly")]
    public void An_expression_with_too_few_or_too_many_fields_is_refused(string expression, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => CronExpression.Parse(expression)).Message, StringComparison.Ordinal);

    private static void AssertTimes(string expression, string zone, string after, params string[] expected)
    {
        var cron = CronExpression.Parse(expression);
        var times = new List<DateTimeOffset>();
        for (var next = cron.Next(Utc(after), Zone(zone)); times.Count < expected.Length; next = cron.Next(next!.Value, Zone(zone)))
        {
            times.Add(next!.Value);
        }

        Assert.Equal(expected.Select(Utc), times);
    }

    private static DateTimeOffset? Next(string expression, string after, string zone = "UTC") => CronExpression.Parse(expression).Next(Utc(after), Zone(zone));

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
