using System.Collections;
using System.Reflection;
using Orchestrator.Routing.Snapshots;
using Orchestrator.Routing.Tests.Recording;
using static Orchestrator.Routing.Tests.RouterRig;

namespace Orchestrator.Routing.Tests.Snapshots;

public sealed class OptionsCopyTests
{
    [Fact]
    public void A_copy_holds_every_setting_and_shares_no_object_with_the_original()
    {
        var options = (ProviderRoutingOptions)Filled(typeof(ProviderRoutingOptions));

        var copy = OptionsCopy.Of(options);

        Assert.Equivalent(options, copy, strict: true);
        Assert.Empty(ObjectsOf(options).Intersect(ObjectsOf(copy), ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void What_a_host_left_out_is_left_out_in_the_copy_so_that_the_validator_sees_it()
    {
        var options = new ProviderRoutingOptions { Breaker = null!, Rules = null!, Providers = { ["a"] = null! }, Experiments = [null!, new() { When = null!, Arms = null! }] };

        var copy = OptionsCopy.Of(options);

        Assert.Null(copy.Breaker);
        Assert.Null(copy.Rules);
        Assert.Null(copy.Providers["A"]);
        Assert.Null(copy.Experiments[0]);
        Assert.Equal((null, null), ((object?)copy.Experiments[1].When, (object?)copy.Experiments[1].Arms));
    }

    [Fact]
    public async Task Whatever_a_host_does_to_its_options_afterwards_changes_neither_decisions_nor_their_records()
    {
        var options = new ProviderRoutingOptions();
        await using var rig = new RecordingRig([Provider("a"), Provider("b", 1)], mine =>
        {
            mine.Rules.Add(new() { Name = "to-b", Then = new() { Provider = "b" } });
            options = mine;
        });

        options.RecordDecisions = false;
        options.Policy = RoutingPolicies.Weighted;
        options.Rules[0].Then.Provider = "a";
        options.Rules[0].Name = "renamed";
        options.Learning.Frozen = true;
        var decision = rig.Router.Route(NewTask());
        var record = await rig.FindAsync(decision.Id);
        var replay = Assert.IsType<RoutingReplay>(await rig.Replayer.ReplayAsync(decision.Id, RecordingRig.Cancel));

        Assert.Equal(("b", "to-b"), (decision.Provider, decision.Because));
        Assert.True(replay.IsSame, string.Join("; ", replay.Differences));
        var snapshot = await rig.Log.FindSnapshotAsync(record.SnapshotDigest, RecordingRig.Cancel);
        Assert.DoesNotContain("renamed", snapshot!.Content, StringComparison.Ordinal);
        Assert.False(rig.Rig.Registry.Options.Learning.Frozen);
    }

    [Fact]
    public async Task Whatever_a_caller_does_to_its_options_while_decisions_are_evaluated_changes_nothing()
    {
        var gate = new TaskCompletionSource();
        await using var rig = new RecordingRig([Provider("a"), Provider("b", 1)]);
        var decision = rig.Router.Route(NewTask());
        await rig.Recorder.FlushAsync(RecordingRig.Cancel);
        var options = new ProviderRoutingOptions { UseCatalogue = false, Learning = { FloorShare = 0, ExplorationShare = 0 }, Providers = { ["a"] = new() { Enabled = false } } };

        var evaluating = new RoutingReplayer(new GatedDecisionLog(rig.Log, gate.Task)).EvaluateAsync(options, cancellationToken: RecordingRig.Cancel);
        options.Providers["a"].Enabled = true;
        gate.SetResult();

        Assert.Equal("a", decision.Provider);
        Assert.Equal([new RoutingShift("a", "b", 1)], (await evaluating).Shifts);
    }

    // One of everything, and no value that is the default.
    private static object Filled(Type type)
    {
        var made = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties().Where(property => property.CanWrite))
        {
            property.SetValue(made, Value(property.PropertyType, property.GetValue(made)));
        }

        return made;
    }

    private static object Value(Type type, object? now)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType)
        {
            var last = type.GetGenericArguments()[^1];
            var item = Value(last, null);
            var isMap = type.GetGenericTypeDefinition() == typeof(IDictionary<,>);
            var all = (ICollection)Activator.CreateInstance(isMap ? typeof(Dictionary<,>).MakeGenericType(typeof(string), last) : typeof(List<>).MakeGenericType(last))!;
            if (isMap)
            {
                ((IDictionary)all).Add("key", item);
            }
            else
            {
                ((IList)all).Add(item);
            }

            return all;
        }

        return type.IsEnum ? Enum.GetValues(type).GetValue(1)!
            : type == typeof(string) ? "text"
            : type == typeof(bool) ? now is not true
            : type == typeof(TimeSpan) ? TimeSpan.FromTicks(12345)
            : type.IsValueType ? Convert.ChangeType(77, type, System.Globalization.CultureInfo.InvariantCulture)
            : Filled(type);
    }

    private static List<object> ObjectsOf(object root)
    {
        var found = new List<object>();
        Collect(root, found);
        return found;
    }

    private static void Collect(object? value, List<object> found)
    {
        if (value is null or string || value.GetType().IsValueType)
        {
            return;
        }

        found.Add(value);
        if (value is IEnumerable items)
        {
            foreach (var item in items)
            {
                Collect(item is DictionaryEntry entry ? entry.Value : item.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? pair.GetProperty("Value")!.GetValue(item) : item, found);
            }

            return;
        }

        foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Collect(property.GetValue(value), found);
        }
    }
}
