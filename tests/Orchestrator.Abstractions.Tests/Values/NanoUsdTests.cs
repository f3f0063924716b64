using Orchestrator.Providers;

namespace Orchestrator.Abstractions.Tests.Values;

public sealed class NanoUsdTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000_000_000)]
    [InlineData("-0.000000001", -1)]
    [InlineData("0.0000000005", 0)]
    [InlineData("0.0000000015", 2)]
    [InlineData("9223372036.854775807", long.MaxValue)]
    public void Dollars_become_whole_nano_dollars_rounded_half_to_even(string usd, long nano) =>
        Assert.Equal(nano, NanoUsd.FromUsd(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-123_456_789_012)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Nano_dollars_come_back_exactly(long nano) => Assert.Equal(nano, NanoUsd.FromUsd(NanoUsd.ToUsd(nano)));

    [Fact]
    public void An_amount_out_of_range_overflows() => Assert.Throws<OverflowException>(() => NanoUsd.FromUsd(9_300_000_000m));

    [Fact]
    public void Usage_is_priced_by_class_and_cached_input_is_not_paid_twice()
    {
        var prices = new TokenPrices { InputUsd = 10, CachedInputUsd = 1, CacheWriteUsd = 12, OutputUsd = 100 };
        var usage = new TokenUsage { InputTokens = 1_000_000, CachedInputTokens = 500_000, CacheWriteTokens = 100_000, OutputTokens = 10_000 };

        Assert.Equal(4 + 0.5m + 1.2m + 1, prices.CostOf(usage));
        Assert.Equal(20_000, usage.Plus(usage).OutputTokens);
    }
}
