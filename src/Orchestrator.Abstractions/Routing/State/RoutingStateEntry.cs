namespace Orchestrator.Routing.State;

/// <summary>Something that the router remembers, named by kind and key.</summary>
/// <param name="Kind">What it is, see <see cref="RoutingStateKinds"/>.</param>
/// <param name="Key">Which one.</param>
/// <param name="Value">The content, as JSON. Never a secret.</param>
/// <param name="At">When it was so. Stores keep whole milliseconds.</param>
public sealed record RoutingStateEntry(string Kind, string Key, string Value, DateTimeOffset At)
{
    /// <summary>What it is, see <see cref="RoutingStateKinds"/>: a valid name, compared with regard to case.</summary>
    /// <exception cref="ArgumentException">The value is not a valid name, see <see cref="Identifiers.IsName"/>.</exception>
    public string Kind { get; init => field = Require.Name(value); } = Require.Name(Kind);

    /// <summary>Which one, at most 500 characters, compared with regard to case.</summary>
    /// <exception cref="ArgumentException">The value is empty, too long or holds a NUL character.</exception>
    public string Key { get; init => field = Require.Text(value, 500); } = Require.Text(Key, 500);

    /// <summary>The content, as JSON.</summary>
    /// <exception cref="ArgumentException">The value is empty or holds a NUL character.</exception>
    public string Value { get; init => field = Require.Text(value); } = Require.Text(Value);
}
