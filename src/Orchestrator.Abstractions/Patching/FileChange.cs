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
