namespace Orchestrator.Abstractions.Tests.Values;

public sealed class ValueCollectionTests
{
    [Fact]
    public void Lists_compare_by_their_elements_and_order()
    {
        ValueList<string> list = ["a", "b"];

        Assert.Equal(list, ["a", "b"]);
        Assert.True(list.Equals((object)new[] { "a", "b" }.ToValueList()));
        Assert.Equal(list.GetHashCode(), new[] { "a", "b" }.ToValueList().GetHashCode());
        Assert.False(list.Equals(["b", "a"]));
        Assert.False(list.Equals(["a"]));
        Assert.False(list.Equals(null));
        Assert.Equal("[a, b]", list.ToString());
    }

    [Fact]
    public void A_list_does_not_follow_the_array_it_was_made_from()
    {
        string[] source = ["a", "b"];
        var (created, converted) = (ValueList.Create<string>(source), source.ToValueList());

        source[0] = "changed";

        Assert.Equal("a", created[0]);
        Assert.Equal("a", converted[0]);
    }

    [Fact]
    public void A_list_gives_its_elements_by_index_span_and_enumeration()
    {
        ValueList<int> list = [3, 1, 2];

        Assert.Equal((3, 3, 2), (list.Count, list[0], list.AsSpan()[2]));
        Assert.Equal([3, 1, 2], list.Select(item => item));
        Assert.Throws<IndexOutOfRangeException>(() => list[3]);
        Assert.Same(list, list.ToValueList());
    }

    [Fact]
    public void Maps_compare_by_their_entries_whatever_the_order_they_were_given_in()
    {
        var (left, right) = (Map(("a", "1"), ("b", "2")), Map(("b", "2"), ("a", "1")));

        Assert.True(left.Equals((object)right));
        Assert.Equal(left.GetHashCode(), right.GetHashCode());
        Assert.False(left.Equals(Map(("a", "1"))));
        Assert.False(left.Equals(Map(("a", "1"), ("B", "2"))));
        Assert.False(left.Equals(Map(("a", "1"), ("b", "3"))));
        Assert.False(left.Equals(null));
        Assert.Equal("{a=1, b=2}", right.ToString());
    }

    [Fact]
    public void A_map_does_not_follow_the_dictionary_it_was_made_from()
    {
        var source = new Dictionary<string, string> { ["a"] = "1" };
        var map = new ValueMap(source);

        source["a"] = "changed";
        source["b"] = "new";

        Assert.Equal("{a=1}", map.ToString());
    }

    [Fact]
    public void A_map_with_one_more_entry_is_a_new_map()
    {
        var map = Map(("b", "2"));

        var more = map.With("a", "1").With("b", "3");

        Assert.Equal("{b=2}", map.ToString());
        Assert.Equal("{a=1, b=3}", more.ToString());
        Assert.Equal(["a", "b"], more.Keys);
        Assert.Equal(["1", "3"], more.Values);
        Assert.True(more.TryGetValue("b", out var value) && value == "3");
        Assert.False(more.ContainsKey("B"));
    }

    [Fact]
    public void A_key_that_occurs_twice_is_refused() => Assert.Throws<ArgumentException>(() => Map(("a", "1"), ("a", "2")));

    private static ValueMap Map(params (string Key, string Value)[] entries) => new(entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value)));
}
