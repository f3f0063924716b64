using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Workspaces;

public sealed class GitWorkspacesTests : IAsyncLifetime
{
    private readonly ProviderHost _host = new();
    private readonly GitRepository _repository = GitRepository.Init();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _repository.Write("a.txt", "one\ntwo\nthree\n");
        _repository.Write("gone.txt", "bye\n");
        _repository.Write("move me.txt", "a line\nanother line\na third\n");
        _repository.Write("tool.sh", "#!/bin/sh\n");
        _repository.Write("data.bin", [0, 1, 2, 3]);
        _repository.Write("crlf.txt", "a\r\nb\r\n");
        _repository.Write(".gitattributes", "*.txt text=auto\n*.lfs filter=lfs diff=lfs\n");
        _repository.Write("big.lfs", "version https://git-lfs.github.com/spec/v1\n");
        _repository.Write(".gitignore", "ignored/\n");
        _repository.Commit("base");
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _repository.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Every_kind_of_change_is_in_the_diff_and_git_can_apply_it()
    {
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);
        tree.Write("a.txt", "one\nTWO\nthree\n");
        File.Delete(tree.Combine("gone.txt"));
        File.Move(tree.Combine("move me.txt"), tree.Combine("moved ü.txt"));
        File.SetUnixFileMode(tree.Combine("tool.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        tree.Write("data.bin", [0, 9, 8, 0]);
        tree.Write("new dir/new file", "new\n");
        tree.Write("ignored/x", "not me");
        File.CreateSymbolicLink(tree.Combine("link"), "a.txt");

        var changes = await workspace.CollectAsync(Token);

        Assert.Equal(["a.txt", "data.bin", "gone.txt", "link", "move me.txt", "moved ü.txt", "new dir/new file", "tool.sh"], changes.Paths.Order(StringComparer.Ordinal));
        var text = Encoding.UTF8.GetString(changes.Diff.Span);
        Assert.Contains("rename to moved ü.txt", text, StringComparison.Ordinal);
        Assert.Contains("GIT binary patch", text, StringComparison.Ordinal);
        Assert.Contains("new mode 100755", text, StringComparison.Ordinal);
        using var other = GitRepository.Init();
        other.Run("pull", "--quiet", _repository.Path);
        await File.WriteAllBytesAsync(other.Combine(".git/change.patch"), changes.Diff.ToArray(), Token);
        other.Run("apply", "--index", ".git/change.patch");
        Assert.Equal(changes.TreeId, other.Run("write-tree").Trim());
    }

    [Fact]
    public async Task Commits_of_the_agent_are_collected_and_the_callers_repository_is_untouched()
    {
        var before = TreeState.Read(_repository.Path);
        await using (var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token))
        {
            var tree = GitRepository.Open(workspace.Workspace.Directory);
            Assert.Equal("", tree.Status());
            tree.Write("a.txt", "committed\n");
            tree.Commit("agent's own");
            tree.Run("branch", "evil");
            tree.Run("gc", "--quiet");

            Assert.Equal(["a.txt"], (await workspace.CollectAsync(Token)).Paths);
            Assert.Contains("agent's own\nbase", tree.Run("log", "--format=%s"), StringComparison.Ordinal);
        }

        Assert.Equal("", GitRepository.TreeDifference(before, TreeState.Read(_repository.Path)));
        Assert.Empty(Directory.GetDirectories(_host.WorkspaceRoot));
        Assert.DoesNotContain("evil", _repository.Run("branch", "--list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_come_byte_for_byte_and_nothing_is_changed_when_the_agent_does_nothing()
    {
        _repository.Write("mixed.txt", "a\r\nb\n");
        _repository.Run("-c", "core.autocrlf=false", "add", "-A");
        _repository.Run("commit", "-qm", "mixed");
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);

        Assert.True((await workspace.CollectAsync(Token)).IsEmpty);
        Assert.Equal("version https://git-lfs.github.com/spec/v1\n", GitRepository.Open(workspace.Workspace.Directory).Read("big.lfs"));
    }

    [Fact]
    public async Task Nothing_that_the_agent_wrote_into_git_is_run_or_believed_by_collection()
    {
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);
        var proof = _host.Folder.Combine("proof");
        var evil = _host.Folder.Write("evil.sh", $"#!/bin/sh\ntouch '{proof}'\ncat\n");
        File.SetUnixFileMode(evil, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        tree.Write(".git/config", $"[core]\n\tfsmonitor = {evil}\n\tworktree = /\n[filter \"lfs\"]\n\tclean = {evil}\n\trequired = true\n[diff \"lfs\"]\n\ttextconv = {evil}\n\tcommand = {evil}\n[diff]\n\texternal = {evil}\n");
        tree.Write(".git/info/exclude", "*\n");
        tree.Write(".git/info/attributes", "* filter=lfs diff=lfs\n");
        tree.Write(".gitattributes", "* filter=lfs diff=lfs\n");
        tree.Write("seen.txt", "yes\n");
        tree.Write("big.lfs", "changed\n");
        tree.Write("nested/.git/config", $"[core]\n\tfsmonitor = {evil}\n");
        tree.Write("nested/file.txt", "nested\n");

        var changes = await workspace.CollectAsync(Token);

        Assert.Equal([".gitattributes", "big.lfs", "nested/file.txt", "seen.txt"], changes.Paths.Order(StringComparer.Ordinal));
        Assert.Equal(["nested"], changes.NestedRepositories);
        Assert.Contains("+changed", Encoding.UTF8.GetString(changes.Diff.Span), StringComparison.Ordinal);
        Assert.False(File.Exists(proof));
    }

    [Fact]
    public async Task A_hostile_caller_configuration_does_not_run_hooks()
    {
        var proof = _host.Folder.Combine("proof");
        var hook = _repository.Write(".git/hooks/post-checkout", $"#!/bin/sh\ntouch '{proof}'\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.Copy(hook, _repository.Combine(".git/hooks/reference-transaction"));
        _repository.Run("config", "core.fsmonitor", hook);

        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        GitRepository.Open(workspace.Workspace.Directory).Write("a.txt", "x\n");
        Assert.False(File.Exists(proof));
        await _host.Repositories.InspectAsync(_repository.Path, Token);
        await workspace.CreateBranchAsync("orchestrator/x", "m", Token);

        Assert.False(File.Exists(proof));
    }

    [Fact]
    public async Task A_replaced_tree_is_refused()
    {
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        Directory.Delete(workspace.Workspace.Directory, recursive: true);
        Directory.CreateSymbolicLink(workspace.Workspace.Directory, "/");

        var exception = await Assert.ThrowsAsync<WorkspaceException>(async () => await workspace.CollectAsync(Token));

        Assert.Equal("workspace.tampered", exception.Code);
    }

    [Fact]
    public async Task Escapes_are_named()
    {
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);
        Assert.False((await workspace.FindEscapesAsync(Token)).Any);
        var stranger = Path.Combine(Path.GetDirectoryName(workspace.Workspace.Directory)!, "stranger");
        await File.WriteAllTextAsync(stranger, "x", Token);
        _repository.Write("a.txt", "ONE\ntwo\nthree\n");
        _repository.Write("ignored/x", "unseen");
        _repository.Run("tag", "t1");
        _repository.Run("config", "x.y", "z");

        var escapes = await workspace.FindEscapesAsync(Token);

        Assert.Equal([stranger], escapes.WorkspacePaths);
        Assert.Equal(["a.txt", ".git/config", "refs/tags/t1"], escapes.RepositoryChanges);
    }

    [Fact]
    public async Task One_execution_has_one_workspace()
    {
        await using var first = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);

        var exception = await Assert.ThrowsAsync<WorkspaceException>(async () => await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token));

        Assert.Equal("workspace.exists", exception.Code);
        Assert.True(Directory.Exists(first.Workspace.Directory));
    }

    [Fact]
    public async Task A_result_becomes_a_new_branch_and_nothing_else_moves()
    {
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        GitRepository.Open(workspace.Workspace.Directory).Write("a.txt", "better\n");
        _repository.Write("a.txt", "uncommitted\n");
        var (head, status) = (_repository.Head, _repository.Status());

        var made = await workspace.CreateBranchAsync("orchestrator/task-1", "Make it better", Token);
        var again = await workspace.CreateBranchAsync("orchestrator/task-1", "Make it better", Token);
        var inTheWay = await workspace.CreateBranchAsync("orchestrator/task-1/x", "m", Token);
        var malformed = await workspace.CreateBranchAsync("-x..y", "m", Token);

        Assert.Equal((GitBranchStatus.Created, GitBranchStatus.Exists, GitBranchStatus.NameRefused, GitBranchStatus.NameRefused), (made.Status, again.Status, inTheWay.Status, malformed.Status));
        Assert.Equal("better\n", _repository.Run("show", "orchestrator/task-1:a.txt"));
        Assert.Equal($"{made.Commit} {head} Make it better", _repository.Run("log", "-1", "--format=%H %P %s", "orchestrator/task-1").Trim());
        Assert.Equal((head, status), (_repository.Head, _repository.Status()));
        Assert.Equal("uncommitted\n", _repository.Read("a.txt"));
        _repository.Run("fsck", "--strict");
    }
}
