namespace Orchestrator.Patching;

/// <summary>The state that a journal's last record tells.</summary>
internal enum JournalState
{
    /// <summary>Cut off before it was complete: nothing was written to the tree.</summary>
    Incomplete,

    /// <summary>Not readable where it should be.</summary>
    Damaged,

    Prepared,
    Committed,
    RolledBack,
    Reverting,
    Reverted,
}

/// <summary>A journal in memory.</summary>
internal sealed record JournalDocument
{
    public required string File { get; set; }

    public JournalState State { get; set; }

    public string Id { get; set; } = "";

    public string PatchDigest { get; set; } = "";

    public long CreatedAt { get; set; }

    public List<TreeChange> Changes { get; } = [];

    public List<string> NewDirectories { get; } = [];

    public List<EmptiedDirectory> EmptiedDirectories { get; } = [];

    /// <summary>The changes that are taken back, when they are not all.</summary>
    public List<int>? Selected { get; set; }

    /// <summary>What the last record says to report.</summary>
    public PatchApplication? Report { get; set; }

    /// <summary>How many bytes of the file are good.</summary>
    public long Length { get; set; }
}
