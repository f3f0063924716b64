namespace Orchestrator.Cli.Tests;

public sealed class DurationTests
{
    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("30s", 30)]
    [InlineData("5m", 300)]
    [InlineData("2h", 7200)]
    [InlineData("1d", 86_400)]
    [InlineData("0s", 0)]
    [InlineData("01:30:00", 5400)]
    [InlineData("1.00:00:00", 86_400)]
    [InlineData("00:00:00.250", 0.25)]
    public void A_time_with_a_unit_is_read(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), Duration.Read(text));

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("1.5h")]
    [InlineData("s")]
    [InlineData("30 s")]
    [InlineData("-30s")]
    [InlineData("-00:00:30")]
    [InlineData("10:30")]
    [InlineData("25:00:00")]
    [InlineData("1:2:3:4")]
    [InlineData("2147483647d")]
    [InlineData("99999999999s")]
    public void What_has_no_unit_or_is_no_time_is_not_guessed_at(string text) => Assert.Null(Duration.Read(text));
}
