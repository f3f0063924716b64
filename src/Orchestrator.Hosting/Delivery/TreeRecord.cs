namespace Orchestrator.Hosting;

/// <summary>What is being done to a caller's tree, written down before it is begun: enough for anybody to take it back.</summary>
internal sealed record TreeRecord
{
    /// <summary>The root of the work tree, absolute.</summary>
    public required string Repository { get; init; }

    /// <summary>The task whose result is being delivered.</summary>
    public required string TaskId { get; init; }

    /// <summary>The attempt that gave it; also the name of the snapshot, and the mark of the verify command's processes.</summary>
    public required string ExecutionId { get; init; }

    /// <summary>The id of the patch application. A new one each time, because the journal remembers what was taken back.</summary>
    public required string ApplicationId { get; init; }

    /// <summary>The tree before, in <c>TreeSnapshot</c>'s own words; <see langword="null"/> until it is taken.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The verify command may have run, and may have written to the tree.</summary>
    public bool Verifying { get; init; }

    /// <summary>Verification said yes: the patch stays.</summary>
    public bool Kept { get; init; }
}
