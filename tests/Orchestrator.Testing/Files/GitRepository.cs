using System.Diagnostics;

namespace Orchestrator.Testing;

/// <summary>
/// A temporary real git repository with a fixed author, committer and date, so that the same files give the same commit ids everywhere.
/// The user's and the system's git configuration are not read. Not thread-safe.
/// </summary>
public sealed class GitRepository : IDisposable
{
    private const string When = "2026-01-01T00:00:00+00:00";

    private readonly TemporaryDirectory? _owned;

    private GitRepository(TemporaryDirectory? owned, string path)
    {
        _owned = owned;
        Path = path;
    }

    /// <summary>The absolute path of the work tree.</summary>
    public string Path { get; }

    /// <summary>The commit that HEAD names.</summary>
    public string Head => Run("rev-parse", "HEAD").Trim();

    /// <summary>Makes an empty repository whose branch is <c>main</c>. Skips or fails the test when there is no git.</summary>
    public static GitRepository Init()
    {
        Engines.Require("git");
        var folder = new TemporaryDirectory();
        var repository = new GitRepository(folder, folder.Path);
        repository.Run("init", "--quiet");
        return repository;
    }

    /// <summary>Wraps a work tree that somebody else made and will delete.</summary>
    public static GitRepository Open(string path) => new(null, System.IO.Path.GetFullPath(path));

    /// <summary>Writes a text file in the work tree as UTF-8 without a mark, making folders as needed; returns its absolute path.</summary>
    public string Write(string relativePath, string text) => Write(relativePath, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file in the work tree, making folders as needed; returns its absolute path.</summary>
    public string Write(string relativePath, byte[] content)
    {
        var path = Combine(relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Reads a text file of the work tree.</summary>
    public string Read(string relativePath) => File.ReadAllText(Combine(relativePath));

    /// <summary>The absolute path of something in the work tree.</summary>
    public string Combine(string relativePath) => System.IO.Path.Combine(Path, relativePath);

    /// <summary>Commits everything in the work tree, even nothing, and returns the commit's id.</summary>
    public string Commit(string message)
    {
        Run("add", "--all");
        Run("commit", "--quiet", "--allow-empty", "--message", message);
        return Head;
    }

    /// <summary>What <c>git status --porcelain</c> prints, untracked files included; empty when the tree is clean.</summary>
    public string Status() => Run("status", "--porcelain", "--untracked-files=all");

    /// <summary>Runs git in the work tree and returns what it printed.</summary>
    /// <exception cref="InvalidOperationException">git's exit code was not 0; the message holds the arguments, the code and the error output.</exception>
    public string Run(params string[] arguments)
    {
        var (exitCode, output, error) = RunRaw(arguments);
        return exitCode == 0
            ? output
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with {exitCode}: {error}{output}");
    }

    /// <summary>Runs git in the work tree and returns its exit code, output and error output.</summary>
    public (int ExitCode, string Output, string Error) RunRaw(params string[] arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["-c", "init.defaultBranch=main", "-c", "core.autocrlf=false", "-c", "gc.auto=0", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        SetEnvironment(start.Environment);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    /// <inheritdoc cref="TreeState.Read" />
    public IReadOnlyDictionary<string, FileState> Tree() => TreeState.Read(Path);

    /// <inheritdoc cref="TreeState.Difference" />
    public static string TreeDifference(IReadOnlyDictionary<string, FileState> before, IReadOnlyDictionary<string, FileState> after) =>
        TreeState.Difference(before, after);

    /// <summary>Deletes the repository, unless it was opened.</summary>
    public void Dispose() => _owned?.Dispose();

    private static void SetEnvironment(IDictionary<string, string?> environment)
    {
        // GIT_DIR and the like, set when the tests run inside a hook, would send the command to another repository.
        foreach (var name in environment.Keys.Where(name => name.StartsWith("GIT_", StringComparison.Ordinal)).ToArray())
        {
            environment.Remove(name);
        }

        environment["GIT_CONFIG_GLOBAL"] = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";
        environment["GIT_CONFIG_NOSYSTEM"] = "1";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_AUTHOR_NAME"] = environment["GIT_COMMITTER_NAME"] = "Test Author";
        environment["GIT_AUTHOR_EMAIL"] = environment["GIT_COMMITTER_EMAIL"] = "author@example.test";
        environment["GIT_AUTHOR_DATE"] = environment["GIT_COMMITTER_DATE"] = When;
        environment["LC_ALL"] = "C";
    }
}
