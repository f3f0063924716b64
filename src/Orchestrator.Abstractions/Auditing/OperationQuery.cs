namespace Orchestrator.Auditing;

/// <summary>Which entries of the operation log to read.</summary>
public sealed record OperationQuery
{
    /// <summary>Only entries of this task; <see langword="null"/> for all.</summary>
    public string? TaskId { get; init => field = Require.OptionalName(value); }

    /// <summary>Only entries of this name; <see langword="null"/> for all.</summary>
    public string? Name { get; init => field = Require.OptionalName(value); }

    /// <summary>Only entries after this sequence.</summary>
    /// <value>0 by default: from the first.</value>
    public long After { get; init => field = Require.AtLeast(value, 0); }

    /// <summary>At most so many; <see langword="null"/> for all.</summary>
    public int? Limit { get; init => field = Require.OptionalAtLeast(value, 1); }
}
