namespace Orchestrator.Providers.Workspaces;

/// <summary>The directories of one execution.</summary>
internal sealed class WorkspaceLayout(string root)
{
    private static readonly HashSet<string> Known = new(["tree", "home", "tmp", "collect", "watch"], StringComparer.Ordinal);

    public string Root => root;

    public string Tree => Path.Combine(root, "tree");

    public string Home => Path.Combine(root, "home");

    public string Temporary => Path.Combine(root, "tmp");

    /// <summary>The git directory of collection; the provider has no business there.</summary>
    public string Collect => Path.Combine(root, "collect");

    /// <summary>The git directory of the caller's fingerprint; the provider has no business there.</summary>
    public string Watch => Path.Combine(root, "watch");

    public void Create()
    {
        foreach (var directory in (string[])[Tree, Home, Temporary])
        {
            Create(directory);
        }
    }

    /// <summary>Makes one of them: for this user alone.</summary>
    public static void Create(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>What lies beside the directories that belong here.</summary>
    public IReadOnlyList<string> Strangers() =>
        [.. Directory.EnumerateFileSystemEntries(root).Where(entry => !Known.Contains(Path.GetFileName(entry))).Order(StringComparer.Ordinal)];
}
