namespace Orchestrator.Providers.Workspaces;

/// <summary>
/// A git directory of our own over some tree: it reads the caller's objects through <c>alternates</c>, keeps new ones to itself, and knows no configuration,
/// filters, hooks or line-ending rules. What it says about a tree is what the bytes say.
/// </summary>
internal sealed class PrivateRepository
{
    // Highest precedence of all attributes: no conversion whatsoever, whatever .gitattributes in the tree may say.
    private const string RawAttributes = "* -text -eol -crlf -filter -ident -working-tree-encoding !diff\n";

    private readonly GitCommand _git;
    private readonly RepositoryFacts _facts;

    private PrivateRepository(GitCommand git, RepositoryFacts facts, string directory, string tree)
    {
        _git = git;
        _facts = facts;
        Directory = directory;
        Tree = tree;
        IndexFile = Path.Combine(directory, "index");
    }

    public string Directory { get; }

    public string Tree { get; }

    public string IndexFile { get; private init; }

    /// <summary>Writes a fresh git directory; nothing may be there yet.</summary>
    public static PrivateRepository Create(GitCommand git, RepositoryFacts facts, string directory, string tree)
    {
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "objects", "info"));
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "objects", "pack"));
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "refs", "heads"));
        System.IO.Directory.CreateDirectory(Path.Combine(directory, "info"));
        File.WriteAllText(Path.Combine(directory, "HEAD"), facts.HeadCommit + "\n");
        File.WriteAllText(Alternates(directory), Quote(facts.ObjectDirectory) + "\n");
        File.WriteAllText(Path.Combine(directory, "info", "attributes"), RawAttributes);
        var sha256 = facts.ObjectFormat == "sha256";
        File.WriteAllText(
            Path.Combine(directory, "config"),
            $"[core]\n\trepositoryformatversion = {(sha256 ? 1 : 0)}\n\tfilemode = {(OperatingSystem.IsWindows() ? "false" : "true")}\n\tbare = false\n\tautocrlf = false\n"
            + (sha256 ? "[extensions]\n\tobjectFormat = sha256\n" : ""));
        CopyIfThere(facts.ExcludeFile, Path.Combine(directory, "info", "exclude"));
        CopyIfThere(facts.ShallowFile, Shallow(directory));
        return new PrivateRepository(git, facts, directory, tree);
    }

    /// <summary>Opens one that was written before.</summary>
    public static PrivateRepository Open(GitCommand git, RepositoryFacts facts, string directory, string tree) => new(git, facts, directory, tree);

    /// <summary>The same with another index, which starts as a copy of this one.</summary>
    public PrivateRepository WithIndexCopy(string name)
    {
        var copy = Path.Combine(Directory, name);
        File.Copy(IndexFile, copy, overwrite: true);
        return new PrivateRepository(_git, _facts, Directory, Tree) { IndexFile = copy };
    }

    /// <summary>Copies the objects of the commit, and borrows none any more. From then on git knows this commit alone, as one without parents.</summary>
    public async Task TakeObjectsAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Shallow(Directory), _facts.HeadCommit + "\n", cancellationToken).ConfigureAwait(false);

        // Small matters less than soon: what is not stored as a difference already is not made one.
        await RunAsync(cancellationToken, "repack", "-a", "-d", "-n", "-q", "--window=0").ConfigureAwait(false);
        File.Delete(Alternates(Directory));
    }

    /// <summary>Runs git on this git directory and tree, and throws when it says no.</summary>
    public Task<GitOutput> RunAsync(CancellationToken cancellationToken, params string[] arguments) => _git.RunAsync(Call(arguments), cancellationToken);

    /// <summary>A call of git on this git directory and tree.</summary>
    public GitCall Call(params string[] arguments) =>
        new(Tree, ["-c", $"core.excludesFile={_facts.UserExcludeFile}", "-c", "diff.ignoreSubmodules=all", .. arguments])
        {
            Environment = new Dictionary<string, string>
            {
                ["GIT_DIR"] = Directory,
                ["GIT_WORK_TREE"] = Tree,
                ["GIT_INDEX_FILE"] = IndexFile,
                ["GIT_CONFIG_GLOBAL"] = "/dev/null",
                ["GIT_CONFIG_SYSTEM"] = "/dev/null",
                ["GIT_CONFIG_NOSYSTEM"] = "1",
                ["GIT_ATTR_NOSYSTEM"] = "1",
            },
        };

    /// <summary>Takes the whole tree into the index and gives its tree id. Ignored files are left out unless the index already holds them.</summary>
    public async Task<string> WriteTreeAsync(CancellationToken cancellationToken)
    {
        var add = await _git.TryRunAsync(Call("add", "--all", "--", "."), cancellationToken).ConfigureAwait(false);
        if (add.ExitCode != 0 && add.Error.Contains("does not have a commit checked out", StringComparison.Ordinal))
        {
            // A repository without commits lies in the tree. It belongs to somebody else: all but it is taken.
            add = await _git.TryRunAsync(Call("add", "--all", "--ignore-errors", "--", "."), cancellationToken).ConfigureAwait(false);
            add = add with { ExitCode = add.ExitCode == 1 ? 0 : add.ExitCode };
        }

        return add.ExitCode == 0
            ? (await RunAsync(cancellationToken, "write-tree").ConfigureAwait(false)).Text
            : throw new WorkspaceException("workspace.git_failed", $"The files in {Tree} could not be read: {add.Error}");
    }

    /// <summary>The paths that differ between two trees.</summary>
    public async Task<IReadOnlyList<string>> DifferenceAsync(string before, string after, CancellationToken cancellationToken) =>
        before == after
            ? []
            : (await RunAsync(cancellationToken, "diff-tree", "-r", "-z", "--name-only", "--no-renames", before, after).ConfigureAwait(false)).Items;

    private static string Alternates(string directory) => Path.Combine(directory, "objects", "info", "alternates");

    private static string Shallow(string directory) => Path.Combine(directory, "shallow");

    // git unquotes a line that starts with a quote; other characters are taken as they are, but a newline cannot be said in any other way.
    private static string Quote(string path) => path.AsSpan().IndexOfAny('\n', '"') < 0
        ? path
        : $"\"{path.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";

    private static void CopyIfThere(string from, string to)
    {
        if (File.Exists(from))
        {
            File.Copy(from, to, overwrite: true);
        }
    }
}
