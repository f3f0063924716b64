using System.Reflection;
using Orchestrator.Routing.Budgets;
using Orchestrator.Routing.Health;
using Orchestrator.Routing.Learning;
using Orchestrator.Routing.Recording;
using Orchestrator.Routing.Selection;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Recording;

public sealed class FrameCodecTests
{
    [Fact]
    public void Every_field_of_a_state_survives()
    {
        object state = default(ProviderState);
        var number = 1;
        foreach (var field in typeof(ProviderState).GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            field.SetValue(state, Convert.ChangeType(number++ * 1_000_003, field.FieldType, null));
        }

        ProviderState[] states = [(ProviderState)state, default];
        EstimateCell[] cells = [new() { Success = long.MinValue, Effort = -1 }, new() { Success = 7, Effort = long.MaxValue }];
        BudgetReading[] budgets = [new(long.MaxValue, 0, 5), new(1, 2, 3)];

        var decoded = FrameCodec.Decode(FrameCodec.Encode(Frame(states, cells, budgets)));

        Assert.Equal(states, decoded.States);
        Assert.Equal(cells, decoded.Cells);
        Assert.Equal(budgets, decoded.Budgets);
        Assert.Equal([budgets[0]], decoded.ProviderBudgets);
        Assert.Equal((-1, 123L), (decoded.Pin, decoded.Now));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64!")]
    [InlineData("AQAAAAAAAABA////////////")]
    public void What_is_damaged_is_refused(string text) => Assert.Throws<FormatException>(() => FrameCodec.Decode(text));

    [Fact]
    public void Every_cut_is_noticed()
    {
        var whole = Convert.FromBase64String(FrameCodec.Encode(Frame(new ProviderState[2], new EstimateCell[2], [new(1, 2, 3)])));

        Assert.All(Enumerable.Range(0, whole.Length), length => Assert.Throws<FormatException>(() => FrameCodec.Decode(Convert.ToBase64String(whole.AsSpan(0, length)))));
    }

    private static RoutingFrame Frame(ProviderState[] states, EstimateCell[] cells, BudgetReading[] budgets) => new()
    {
        Snapshot = new RouterRig([Provider("a"), Provider("b")]).Registry.Snapshot,
        States = states,
        Estimates = cells,
        Stride = 1,
        Offset = 0,
        Budgets = budgets,
        ProviderBudgets = budgets.AsSpan(0, 1),
        Pin = -1,
        Now = 123,
        Seed = 9,
    };
}
