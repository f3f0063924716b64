namespace Orchestrator.Routing.Decisions;

/// <summary>Which decisions to list.</summary>
public sealed record RoutingRecordQuery
{
    /// <summary>Only those of this task; <see langword="null"/> for all.</summary>
    /// <exception cref="ArgumentException">The value is not a valid identifier, see <see cref="Identifiers.IsName"/>.</exception>
    public string? TaskId { get; init => field = Require.OptionalName(value); }

    /// <summary>Only those that chose this provider, in any case of its name; <see langword="null"/> for all.</summary>
    /// <exception cref="ArgumentException">The value is not a valid name, see <see cref="Identifiers.IsName"/>.</exception>
    public string? Provider { get; init => field = Require.OptionalName(value); }

    /// <summary>How many at most, from 1 to 1000.</summary>
    /// <value>50 by default.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Limit { get; init => field = Require.InRange(value, 1, 1000); } = 50;
}
