using Orchestrator.Queue.Schedules;

namespace Orchestrator.Queue.Tests.Schedules;

public sealed class CronPropertyTests
{
    [Theory]
    [InlineData("UTC", 2026, 2, 26)]
    [InlineData("Europe/Berlin", 2026, 3, 28)]
    [InlineData("Europe/Berlin", 2026, 10, 24)]
    [InlineData("America/New_York", 2026, 3, 7)]
    [InlineData("America/New_York", 2026, 10, 31)]
    [InlineData("Australia/Lord_Howe", 2026, 4, 3)]
    [InlineData("Australia/Lord_Howe", 2026, 10, 2)]
    [InlineData("Pacific/Apia", 2011, 12, 29)]
    public void Random_expressions_give_the_minutes_that_a_naive_matcher_finds(string zoneId, int year, int month, int day)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(zoneId);
        var random = new Random(20261121 + month);
        var after = new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero);
        var until = after.AddDays(4);
        var found = 0;
        for (var i = 0; i < 250; i++)
        {
            var naive = new NaiveCron(random);

            var expected = naive.Between(after, until, zone).ToList();
            var actual = Times(CronExpression.Parse(naive.Text), after, until, zone).ToList();

            Assert.True(expected.SequenceEqual(actual), $"'{naive.Text}': expected {expected.Count} times, got {actual.Count}; first difference: {FirstDifference(expected, actual):u}");
            found += expected.Count;
        }

        Assert.True(found > 1000, $"Only {found} times were compared.");
    }

    private static IEnumerable<DateTimeOffset> Times(CronExpression cron, DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        for (var next = cron.Next(after, zone); next <= until; next = cron.Next(next.Value, zone))
        {
            yield return next.Value;
        }
    }

    private static DateTimeOffset? FirstDifference(List<DateTimeOffset> one, List<DateTimeOffset> other) => one.Except(other).Concat(other.Except(one)).Order().Cast<DateTimeOffset?>().FirstOrDefault();
}
