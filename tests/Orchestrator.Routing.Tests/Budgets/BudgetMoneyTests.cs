using FsCheck;
using FsCheck.Fluent;
using Orchestrator.Routing.Budgets;

namespace Orchestrator.Routing.Tests.Budgets;

public sealed class BudgetMoneyTests
{
    [Fact]
    public void An_amount_is_the_exact_one_rounded_up_to_a_billionth() => Prop.ForAll(ArbMap.Default.ArbFor<decimal>(), usd =>
    {
        var exact = usd <= 0 ? 0 : usd >= 9_000_000 ? -1 : decimal.Ceiling(usd * 1_000_000_000);
        return exact < 0 ? BudgetMoney.From(usd) > 8_999_999_000_000_000 : BudgetMoney.From(usd) == exact;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20260101, 7));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-3", 0)]
    [InlineData("1", 1_000_000_000)]
    [InlineData("0.25", 250_000_000)]
    [InlineData("0.000000001", 1)]
    [InlineData("0.0000000001", 1)]
    [InlineData("1.00000000000000000000", 1_000_000_000)]
    [InlineData("79228162514264337593543950335", BudgetMoney.Most)]
    [InlineData("99999999999", BudgetMoney.Most)]
    public void Amounts_of_all_sizes_are_understood(string usd, long nano) =>
        Assert.Equal(nano, BudgetMoney.From(decimal.Parse(usd, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void People_read_dollars() =>
        Assert.Equal(["$0.00", "$1.50", "$0.000000001", "$1234.56"], new[] { 0L, 1_500_000_000, 1, 1_234_560_000_000 }.Select(BudgetMoney.Format));
}
