namespace Orchestrator.Patching;

/// <summary>What a patch does, or did, to one file.</summary>
public sealed record FileChange
{
    /// <summary>The file after; of a deleted file, before.</summary>
    public required string Path { get; init => field = Require.Text(value); }

    /// <summary>The file before, when it is renamed or copied.</summary>
    public string? OldPath { get; init; }

    /// <summary>What is done.</summary>
    public required FileOperation Operation { get; init; }

    /// <summary>How many edits it took; 0 for whole files and deltas.</summary>
    public int Edits { get; init; }

    /// <summary>The least exact way in which one of the edits was found; <see cref="MatchTier.Exact"/> where nothing had to be looked for.</summary>
    public MatchTier Tier { get; init; }

    /// <summary>Whether the patch deletes the file and makes it anew, so that nothing of it needs to be left.</summary>
    public bool IsRewrite { get; init; }

    /// <summary>Whether the change was merged with what others changed in the file since the patch was made.</summary>
    public bool IsMerged { get; init; }

    /// <summary>The size before, in bytes; <see langword="null"/> for a new file.</summary>
    public long? BeforeBytes { get; init; }

    /// <summary>The size after, in bytes; <see langword="null"/> for a deleted file.</summary>
    public long? AfterBytes { get; init; }

    /// <summary>Lines that are new.</summary>
    public int AddedLines { get; init; }

    /// <summary>Lines that are gone.</summary>
    public int RemovedLines { get; init; }

    /// <summary>Whether it is not text.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The SHA-256 before in hexadecimal digits; <see langword="null"/> for a new file.</summary>
    public string? BeforeHash { get; init; }

    /// <summary>The SHA-256 after in hexadecimal digits; <see langword="null"/> for a deleted file.</summary>
    public string? AfterHash { get; init; }
}
