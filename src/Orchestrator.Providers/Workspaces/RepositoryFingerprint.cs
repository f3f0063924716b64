using System.Security.Cryptography;

namespace Orchestrator.Providers.Workspaces;

/// <summary>What a caller's repository looks like: the bytes of its work tree, its HEAD and references, and the parts of .git that can make git run programs.</summary>
internal sealed record RepositoryFingerprint(string Tree, IReadOnlyDictionary<string, string> Parts)
{
    public static async Task<RepositoryFingerprint> TakeAsync(GitCommand git, RepositoryFacts facts, PrivateRepository repository, CancellationToken cancellationToken)
    {
        var parts = new Dictionary<string, string>(StringComparer.Ordinal);
        var head = await git.TryRunAsync(new GitCall(facts.Root, "symbolic-ref", "--quiet", "HEAD"), cancellationToken).ConfigureAwait(false);
        var commit = await git.TryRunAsync(new GitCall(facts.Root, "rev-parse", "--verify", "--quiet", "HEAD"), cancellationToken).ConfigureAwait(false);
        parts["HEAD"] = head.Text + " " + commit.Text;
        var references = await git.RunAsync(new GitCall(facts.Root, "for-each-ref", "--format=%(refname) %(objectname)"), cancellationToken).ConfigureAwait(false);
        foreach (var line in references.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            parts[line[..space]] = line[space..];
        }

        foreach (var file in PartsThatMatter(facts.CommonDirectory))
        {
            parts[".git/" + Path.GetRelativePath(facts.CommonDirectory, file)] = Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false)));
        }

        return new RepositoryFingerprint(await repository.WriteTreeAsync(cancellationToken).ConfigureAwait(false), parts);
    }

    /// <summary>The names of the parts that differ.</summary>
    public IEnumerable<string> Differences(RepositoryFingerprint after) =>
        Parts.Keys.Union(after.Parts.Keys).Where(name => Parts.GetValueOrDefault(name) != after.Parts.GetValueOrDefault(name)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> PartsThatMatter(string common)
    {
        var hooks = Path.Combine(common, "hooks");
        var info = Path.Combine(common, "info");
        return new[] { Path.Combine(common, "config"), Path.Combine(common, "config.worktree") }
            .Concat(Directory.Exists(hooks) ? Directory.EnumerateFiles(hooks) : [])
            .Concat(Directory.Exists(info) ? Directory.EnumerateFiles(info) : [])
            .Where(File.Exists);
    }
}
