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

    /// <summary>How many leading components every name in a unified diff loses, as by <c>-p</c> of git and patch; of a name in git's own rename and copy lines, one less.</summary>
    /// <value><see langword="null"/> by default: git's prefixes, such as <c>a/</c> and <c>b/</c>, are recognised and taken off. 0 to 100.</value>
    public int? StripComponents { get; set; }

    /// <summary>The URI of the root in edits of the Language Server Protocol, such as <c>file:///workspace</c>: documents below it are named by what follows.</summary>
    /// <value><see langword="null"/> by default: only relative URIs are read and written.</value>
    public string? WorkspaceUri { get; set; }

    /// <summary>The longest file, before or after, in bytes; also what a binary patch may unpack to.</summary>
    /// <value>100 MiB by default; 1 byte to 1 GiB.</value>
    public long MaxFileBytes { get; set; } = 100L << 20;

    /// <summary>How many bytes all files of a patch set may have together, before and after.</summary>
    /// <value>1 GiB by default; at least <see cref="MaxFileBytes"/>.</value>
    public long MaxTotalBytes { get; set; } = 1L << 30;

    /// <summary>How exactly the place of an edit must be found. Every tier demands exactly one place; <see cref="MatchTier.ReducedContext"/> must be asked for.</summary>
    /// <value><see cref="MatchTier.Punctuation"/> by default.</value>
    public MatchTier MaxTier { get; set; } = MatchTier.Punctuation;

    /// <summary>How many lines off the line that a patch names may be to decide between several places that fit alike; the nearest must be nearer than all others.</summary>
    /// <value>1,000 by default; at least 0.</value>
    public int MaxHintDistance { get; set; } = 1000;

    /// <summary>How much may be compared while the places of one file's edits are looked for: a unit is a place that is looked at, or 16 bytes. Beyond it the patch is refused as too complex.</summary>
    /// <value>400,000,000 by default, about a second; at least 1,000.</value>
    public long MaxMatchWork { get; set; } = 400_000_000;

    /// <summary>
    /// Whether an edit that names its place by numbers alone is refused unless the file is proved to be the one that the numbers speak of: by its hash, or by a base that is the same.
    /// </summary>
    /// <value><see langword="false"/> by default, as the plain form of AIPatch has no proof. Hosts whose trees others change too should ask for it.</value>
    public bool RequireProof { get; set; }

    /// <summary>
    /// Whether a three-way merge writes conflicts into the file between markers, as <c>git merge</c> does, instead of refusing the patch.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool WriteMergeMarkers { get; set; }

    /// <summary>Whether a patch may make, change and remove symbolic links that point to something inside the root. Links are never followed.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowSymbolicLinks { get; set; }

    /// <summary>
    /// Paths that no patch may touch, as patterns relative to the root: <c>*</c> and <c>?</c> match within a component, <c>**</c> matches any number of components; upper and lower case
    /// are the same.
    /// </summary>
    /// <value>Empty by default. <c>.git</c> and <c>.orchestrator</c> are always protected, at any depth.</value>
    public IList<string> ProtectedPaths { get; } = [];

    /// <summary>What patches may do to files.</summary>
    /// <value>All five operations by default; <see cref="FileOperation.Unknown"/> cannot be allowed.</value>
    public ISet<FileOperation> AllowedOperations { get; } =
        new HashSet<FileOperation> { FileOperation.Create, FileOperation.Modify, FileOperation.Delete, FileOperation.Rename, FileOperation.Copy };

    /// <summary>
    /// Whether a patch whose form cannot say "new" and "replace" apart may replace a file that is there, and a move may end on one. What is lost then stands in the journal until it is pruned.
    /// </summary>
    /// <value><see langword="false"/> by default.</value>
    public bool AllowOverwrite { get; set; }

    /// <summary>What patches may do to lock files and generated files.</summary>
    /// <value><see cref="GeneratedFilePolicy.WithSource"/> by default.</value>
    public GeneratedFilePolicy GeneratedFiles { get; set; }

    /// <summary>How many times as long as before a file may become, once it is longer than <see cref="GrowthFloorBytes"/>.</summary>
    /// <value>100 by default; at least 1.</value>
    public double MaxGrowthFactor { get; set; } = 100;

    /// <summary>Up to this length, in bytes, files may grow by any factor.</summary>
    /// <value>1 MiB by default; at least 0.</value>
    public long GrowthFloorBytes { get; set; } = 1 << 20;

    /// <summary>Names of validators of the package that are not to be at work; see <see cref="PatchValidators"/>.</summary>
    /// <value>Empty by default: all are at work.</value>
    public IList<string> DisabledValidators { get; } = [];

    /// <summary>Validators of the host's, asked after those of the package, in this order. Each has a name of its own.</summary>
    /// <value>Empty by default.</value>
    public IList<IPatchValidator> Validators { get; } = [];

    /// <summary>Where the journals are kept: an absolute path on the volume of the roots; each root gets a directory of its own in it.</summary>
    /// <value>
    /// <see langword="null"/> by default: <c>orchestrator/patches</c> in the root's git directory (of a worktree, its own one), else <c>.orchestrator/patches</c> in the root.
    /// </value>
    public string? JournalDirectory { get; set; }

    /// <summary>What an application survives.</summary>
    /// <value><see cref="PatchDurability.Full"/> by default.</value>
    public PatchDurability Durability { get; set; }

    /// <summary>
    /// Files that must never be seen half written, as patterns like those of <see cref="ProtectedPaths"/>: who opens one gets the content before or after. Such a file becomes another one under
    /// its name, with the owner, permissions and attributes of the old one; a file with several names, or one whose owner or attributes cannot be given to another, is overwritten in place like all others.
    /// </summary>
    /// <value>Empty by default: files are overwritten in place, so that for microseconds a reader may see a mix of both contents.</value>
    public IList<string> AtomicPaths { get; } = [];

    /// <summary>How many finished applications of a root keep their journal, and so can be taken back. Those with a conflict are kept besides.</summary>
    /// <value>50 by default; at least 1.</value>
    public int KeepApplications { get; set; } = 50;

    /// <summary>How long to wait for another application to the same root.</summary>
    /// <value>30 seconds by default; zero to one day.</value>
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether applications, refusals and reversals are written to the operation log, where there is one. A host that writes them itself, with more to tell, turns it off.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool RecordOperations { get; set; } = true;

    internal PatchOptions Copy()
    {
        var copy = new PatchOptions
        {
            MaxPatchBytes = MaxPatchBytes,
            MaxFiles = MaxFiles,
            MaxEdits = MaxEdits,
            MaxLineBytes = MaxLineBytes,
            StripComponents = StripComponents,
            WorkspaceUri = WorkspaceUri,
            MaxFileBytes = MaxFileBytes,
            MaxTotalBytes = MaxTotalBytes,
            MaxTier = MaxTier,
            MaxHintDistance = MaxHintDistance,
            MaxMatchWork = MaxMatchWork,
            RequireProof = RequireProof,
            WriteMergeMarkers = WriteMergeMarkers,
            AllowSymbolicLinks = AllowSymbolicLinks,
            AllowOverwrite = AllowOverwrite,
            GeneratedFiles = GeneratedFiles,
            MaxGrowthFactor = MaxGrowthFactor,
            GrowthFloorBytes = GrowthFloorBytes,
            JournalDirectory = JournalDirectory,
            Durability = Durability,
            KeepApplications = KeepApplications,
            LockTimeout = LockTimeout,
            RecordOperations = RecordOperations,
        };
        Copy(ProtectedPaths, copy.ProtectedPaths);
        Copy(AtomicPaths, copy.AtomicPaths);
        Copy(DisabledValidators, copy.DisabledValidators);
        Copy(Validators, copy.Validators);
        copy.AllowedOperations.Clear();
        copy.AllowedOperations.UnionWith(AllowedOperations);
        return copy;
    }

    private static void Copy<T>(IList<T> from, IList<T> to)
    {
        foreach (var item in from)
        {
            to.Add(item);
        }
    }
}
