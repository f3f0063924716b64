namespace Orchestrator.Auditing;

/// <summary>An operation as it stands in the log.</summary>
public sealed record OperationEntry
{
    /// <summary>Its place: 1, 2, 3 … without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was stored, by the store's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What happened.</summary>
    public required Operation Operation { get; init => field = Require.NotNull(value); }

    /// <summary>The hash of the entry before: 64 hexadecimal digits; all zero for the first.</summary>
    public required string PreviousHash { get; init => field = Require.Text(value, 64); }

    /// <summary>The SHA-256 of this entry and the hash before it: 64 hexadecimal digits.</summary>
    public required string Hash { get; init => field = Require.Text(value, 64); }
}
