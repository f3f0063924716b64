namespace Orchestrator.Patching;

/// <summary>Settings of the patch manager. Read once, when it is made.</summary>
public sealed class PatchOptions
{
    /// <summary>The longest patch that is read, in bytes.</summary>
    /// <value>64 MiB by default; 1 to 1 GiB.</value>
    public long MaxPatchBytes { get; set; } = 64L << 20;

    /// <summary>The most files in one patch set.</summary>
    /// <value>10,000 by default; at least 1.</value>
    public int MaxFiles { get; set; } = 10_000;

    /// <summary>The most edits in one patch set.</summary>
    /// <value>100,000 by default; at least 1.</value>
    public int MaxEdits { get; set; } = 100_000;

    /// <summary>The longest line of a diff, in bytes.</summary>
    /// <value>16 MiB by default; at least 1,000.</value>
    public int MaxLineBytes { get; set; } = 16 << 20;

    /// <summary>The longest file, before or after, in bytes; also what a binary patch may unpack to.</summary>
    /// <value>100 MiB by default; 1 byte to 1 GiB.</value>
    public long MaxFileBytes { get; set; } = 100L << 20;

    /// <summary>How many bytes all files of a patch set may have together, before and after.</summary>
    /// <value>1 GiB by default; at least <see cref="MaxFileBytes"/>.</value>
    public long MaxTotalBytes { get; set; } = 1L << 30;

    /// <summary>Whether a patch may make, change and remove symbolic links that point to something inside the root. Links are never followed.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowSymbolicLinks { get; set; }

    /// <summary>
    /// Paths that no patch may touch, as patterns relative to the root: <c>*</c> and <c>?</c> match within a component, <c>**</c> matches any number of components; upper and lower case
    /// are the same.
    /// </summary>
    /// <value>Empty by default. <c>.git</c> and <c>.orchestrator</c> are always protected, at any depth.</value>
    public IList<string> ProtectedPaths { get; } = [];

    /// <summary>Where the journals are kept: an absolute path on the volume of the roots; each root gets a directory of its own in it.</summary>
    /// <value>
    /// <see langword="null"/> by default: <c>orchestrator/patches</c> in the root's git directory (of a worktree, its own one), else <c>.orchestrator/patches</c> in the root.
    /// </value>
    public string? JournalDirectory { get; set; }

    /// <summary>What an application survives.</summary>
    /// <value><see cref="PatchDurability.Full"/> by default.</value>
    public PatchDurability Durability { get; set; }

    /// <summary>How many finished applications of a root keep their journal, and so can be taken back. Those with a conflict are kept besides.</summary>
    /// <value>50 by default; at least 1.</value>
    public int KeepApplications { get; set; } = 50;

    /// <summary>How long to wait for another application to the same root.</summary>
    /// <value>30 seconds by default; zero to one day.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(30);

    internal PatchOptions Copy()
    {
        var copy = new PatchOptions
        {
            MaxPatchBytes = MaxPatchBytes,
            MaxFiles = MaxFiles,
            MaxEdits = MaxEdits,
            MaxLineBytes = MaxLineBytes,
            MaxFileBytes = MaxFileBytes,
            MaxTotalBytes = MaxTotalBytes,
            AllowSymbolicLinks = AllowSymbolicLinks,
            JournalDirectory = JournalDirectory,
            Durability = Durability,
            KeepApplications = KeepApplications,
            LockTimeout = LockTimeout,
        };
        foreach (var pattern in ProtectedPaths)
        {
            copy.ProtectedPaths.Add(pattern);
        }

        return copy;
    }
}
