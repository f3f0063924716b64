using System.Text;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Makes one commit of a tree and one new branch for it in the caller's repository.</summary>
internal sealed class GitBranch(GitCommand git, RepositoryFacts facts, TimeProvider time)
{
    public async Task<GitBranchResult> CreateAsync(PrivateRepository source, string tree, string branch, string message, CancellationToken cancellationToken)
    {
        var reference = "refs/heads/" + branch;
        var name = await git.TryRunAsync(new GitCall(facts.Root, "check-ref-format", "--branch", branch), cancellationToken).ConfigureAwait(false);
        if (name.ExitCode != 0 || name.Text != branch)
        {
            return new GitBranchResult(GitBranchStatus.NameRefused, null, $"'{branch}' cannot be the name of a branch.");
        }

        if (await ExistsAsync(reference, cancellationToken).ConfigureAwait(false))
        {
            return Exists(branch);
        }

        var commit = await CommitAsync(source, tree, message, cancellationToken).ConfigureAwait(false);
        await git.RunAsync(
            new GitCall(
                facts.Root, "-c", "protocol.file.allow=always", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", source.Directory, "HEAD"),
            cancellationToken).ConfigureAwait(false);

        // The zero id: git itself refuses when somebody made the branch meanwhile.
        var zero = new string('0', commit.Length);
        var update = await git.TryRunAsync(new GitCall(facts.Root, "update-ref", "-m", "orchestrator: result", reference, commit, zero), cancellationToken).ConfigureAwait(false);
        return update.ExitCode == 0
            ? new GitBranchResult(GitBranchStatus.Created, commit, null)
            : await ExistsAsync(reference, cancellationToken).ConfigureAwait(false)
            ? Exists(branch)
            : new GitBranchResult(GitBranchStatus.NameRefused, null, $"The branch '{branch}' could not be made: {update.Error}");
    }

    private static GitBranchResult Exists(string branch) => new(GitBranchStatus.Exists, null, $"The branch '{branch}' exists already: delete or rename it, or choose another name.");

    private async Task<bool> ExistsAsync(string reference, CancellationToken cancellationToken) =>
        (await git.TryRunAsync(new GitCall(facts.Root, "show-ref", "--verify", "--quiet", reference), cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    private async Task<string> CommitAsync(PrivateRepository source, string tree, string message, CancellationToken cancellationToken)
    {
        var author = await SettingAsync("user.name", cancellationToken).ConfigureAwait(false) ?? "Orchestrator";
        var mail = await SettingAsync("user.email", cancellationToken).ConfigureAwait(false) ?? "orchestrator@localhost";
        var date = $"@{time.GetUtcNow().ToUnixTimeSeconds()} +0000";
        var call = source.Call("commit-tree", "--no-gpg-sign", tree, "-p", facts.HeadCommit, "-F", "-");
        var environment = new Dictionary<string, string>(call.Environment)
        {
            ["GIT_AUTHOR_NAME"] = author,
            ["GIT_AUTHOR_EMAIL"] = mail,
            ["GIT_AUTHOR_DATE"] = date,
            ["GIT_COMMITTER_NAME"] = author,
            ["GIT_COMMITTER_EMAIL"] = mail,
            ["GIT_COMMITTER_DATE"] = date,
        };
        var commit = (await git.RunAsync(call with { Environment = environment, Input = Encoding.UTF8.GetBytes(message + "\n") }, cancellationToken).ConfigureAwait(false)).Text;
        await source.RunAsync(cancellationToken, "update-ref", "--no-deref", "HEAD", commit).ConfigureAwait(false);
        return commit;
    }

    private async Task<string?> SettingAsync(string name, CancellationToken cancellationToken)
    {
        var output = await git.TryRunAsync(new GitCall(facts.Root, "config", "--get", name), cancellationToken).ConfigureAwait(false);
        return output.ExitCode == 0 && !string.IsNullOrWhiteSpace(output.Text) ? output.Text : null;
    }
}
