using Microsoft.Extensions.Logging;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Repositories that are not just a folder with commits: each is handled, or refused in words that help.</summary>
public sealed class GitRepositoryKindsTests : IAsyncDisposable
{
    private const string Pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

    private readonly ProviderHost _host = new();
    private readonly GitRepository _repository = GitRepository.Init();
    private readonly GitRepository _library = GitRepository.Init();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _library.Dispose();
        _repository.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Submodules_have_their_files_down_to_the_innermost_and_count_as_unchanged()
    {
        AddNestedSubmodules();
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);

        Assert.Equal("library\n", tree.Read("vendor/outer/lib.txt"));
        Assert.Equal("innermost\n", tree.Read("vendor/outer/deep/inner.txt"));
        tree.Write("main.txt", "changed\n");
        tree.Write("vendor/outer/out/ignored.txt", "a by-product that the submodule ignores");

        var changes = await workspace.CollectAsync(Token);

        Assert.Equal((1, null), (changes.Paths.Count, changes.Refusal));
        Assert.Equal("main.txt", changes.Paths[0]);
        Assert.False((await _host.Repositories.InspectAsync(_repository.Path, Token)).IsDirty);
    }

    [Theory]
    [InlineData("echo x > vendor/outer/lib.txt", "vendor/outer")]
    [InlineData("echo x > vendor/outer/new.txt", "vendor/outer")]
    [InlineData("rm vendor/outer/deep/inner.txt", "vendor/outer/deep")]
    [InlineData("rm -r vendor/outer", "vendor/outer, vendor/outer/deep")]
    [InlineData("rm -r vendor/outer/* && cd vendor/outer && git init -q && echo x > y && git add y && git -c user.name=a -c user.email=a@b commit -qm x", "vendor/outer, vendor/outer/deep")]
    [InlineData("mv vendor/outer elsewhere && ln -s ../elsewhere vendor/outer", "vendor/outer")]
    public async Task A_changed_submodule_is_told_and_not_silently_lost(string script, string named)
    {
        AddNestedSubmodules();
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        await RunShellAsync(script, workspace);

        var changes = await workspace.CollectAsync(Token);

        Assert.StartsWith($"The submodule {named} was changed. Changes in submodules are not taken", changes.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_submodule_that_the_caller_has_not_checked_out_is_empty_and_stays_so()
    {
        AddNestedSubmodules();
        _repository.Run("submodule", "--quiet", "deinit", "--all", "--force");
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);

        Assert.Empty(Directory.EnumerateFileSystemEntries(tree.Combine("vendor/outer")));
        Assert.Null((await workspace.CollectAsync(Token)).Refusal);
        Assert.Contains(_host.Logs.Entries, entry => entry.EventId.Id == 1480 && entry.Level == LogLevel.Warning && entry.Message.Contains("vendor/outer", StringComparison.Ordinal));

        tree.Write("vendor/outer/new.txt", "x");
        Assert.Contains("submodule vendor/outer was changed", (await workspace.CollectAsync(Token)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replaced_LFS_file_is_told_and_a_moved_removed_or_new_one_is_not()
    {
        _repository.Write("art/.gitattributes", "*.psd filter=lfs diff=lfs merge=lfs -text\n");
        foreach (var name in (string[])["replaced", "moved", "removed", "kept", "repointed"])
        {
            _repository.Write($"art/{name}.psd", Pointer + $"x-{name}\n");
        }

        _repository.Commit("base");
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);
        File.Move(tree.Combine("art/moved.psd"), tree.Combine("art/place.psd"));
        File.Delete(tree.Combine("art/removed.psd"));
        tree.Write("art/repointed.psd", Pointer.Replace("12345", "54321", StringComparison.Ordinal));
        tree.Write("art/new.psd", [1, 2, 3, 0]);

        Assert.Null((await workspace.CollectAsync(Token)).Refusal);
        tree.Write("art/replaced.psd", [0, 1, 2, 3]);
        Assert.StartsWith("art/replaced.psd was replaced, of which Git LFS holds the content", (await workspace.CollectAsync(Token)).Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sparse_checkout_of_the_caller_gives_a_whole_tree_and_shows_no_deletions()
    {
        _repository.Write("in/a.txt", "a\n");
        _repository.Write("out/b.txt", "b\n");
        _repository.Commit("base");
        _repository.Run("sparse-checkout", "set", "in");
        Assert.False(File.Exists(_repository.Combine("out/b.txt")));
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);
        GitRepository.Open(workspace.Workspace.Directory).Write("out/b.txt", "changed\n");

        var changes = await workspace.CollectAsync(Token);

        Assert.Equal(["out/b.txt"], changes.Paths);
        Assert.False((await workspace.FindEscapesAsync(Token)).Any);
        Assert.False((await _host.Repositories.InspectAsync(_repository.Path, Token)).IsDirty);
    }

    [Fact]
    public async Task A_shallow_clone_serves_and_takes_a_branch()
    {
        _library.Write("a.txt", "1\n");
        _library.Commit("one");
        _library.Write("a.txt", "2\n");
        _library.Commit("two");
        var clone = _host.Folder.Combine("shallow");
        _library.Run("clone", "--quiet", "--depth", "1", "file://" + _library.Path, clone);
        await using var workspace = await _host.Workspaces.CreateAsync(clone, "e1", cancellationToken: Token);
        GitRepository.Open(workspace.Workspace.Directory).Write("a.txt", "3\n");

        var changes = await workspace.CollectAsync(Token);
        var branch = await workspace.CreateBranchAsync("result", "done", Token);

        Assert.Equal(["a.txt"], changes.Paths);
        Assert.Equal(GitBranchStatus.Created, branch.Status);
        Assert.Equal("3\n", GitRepository.Open(clone).Run("show", "result:a.txt"));
        Assert.Equal("true\n", GitRepository.Open(clone).Run("rev-parse", "--is-shallow-repository"));
    }

    [Fact]
    public async Task A_partial_clone_that_lacks_files_is_refused_with_the_way_out_and_one_that_has_them_serves()
    {
        _library.Write("a.txt", "1\n");
        _library.Commit("one");
        _library.Run("config", "uploadpack.allowFilter", "true");
        var empty = _host.Folder.Combine("partial");
        var full = _host.Folder.Combine("full");
        _library.Run("clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://" + _library.Path, empty);
        _library.Run("clone", "--quiet", "--filter=blob:none", "file://" + _library.Path, full);

        var refused = await Assert.ThrowsAsync<WorkspaceException>(async () => await _host.Workspaces.CreateAsync(empty, "e1", cancellationToken: Token));
        await using var workspace = await _host.Workspaces.CreateAsync(full, "e2", cancellationToken: Token);

        Assert.Equal("workspace.repository_unusable", refused.Code);
        Assert.Contains("is a partial clone that lacks files", refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_host.WorkspaceRoot, "e1")));
        Assert.Equal("1\n", GitRepository.Open(workspace.Workspace.Directory).Read("a.txt"));
    }

    [Fact]
    public async Task A_commit_that_is_not_there_is_named()
    {
        _repository.Write("a", "1");
        _repository.Commit("base");
        var missing = new string('1', 40);

        var refused = await Assert.ThrowsAsync<WorkspaceException>(async () => await _host.Workspaces.CreateAsync(_repository.Path, "e1", missing, Token));

        Assert.Equal($"{_repository.Path} has no commit {missing}.", refused.Message);
    }

    [Fact]
    public async Task Untracked_and_ignored_files_of_the_caller_stay_with_the_caller_and_tracked_ones_that_are_ignored_come_back()
    {
        _repository.Write(".gitignore", "*.log\n");
        _repository.Write("kept.log", "tracked all the same\n");
        _repository.Run("add", "--force", "kept.log");
        _repository.Commit("base");
        _repository.Write("mine.log", "ignored");
        _repository.Write("notes.txt", "untracked");
        await using var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);
        Assert.Equal([".gitignore", "kept.log"], Directory.EnumerateFiles(tree.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        tree.Write("kept.log", "changed\n");
        tree.Write("build.log", "noise\n");

        var changes = await workspace.CollectAsync(Token);

        Assert.Equal(["kept.log"], changes.Paths);
        Assert.Equal(("ignored", "untracked"), (_repository.Read("mine.log"), _repository.Read("notes.txt")));
    }

    [Fact]
    public async Task A_repository_of_SHA256_objects_serves()
    {
        var path = _host.Folder.Combine("sha256");
        Directory.CreateDirectory(path);
        var repository = GitRepository.Open(path);
        repository.Run("init", "--quiet", "--object-format=sha256");
        repository.Write("a.txt", "1\n");
        repository.Commit("base");
        await using var workspace = await _host.Workspaces.CreateAsync(path, "e1", cancellationToken: Token);
        GitRepository.Open(workspace.Workspace.Directory).Write("a.txt", "2\n");

        var changes = await workspace.CollectAsync(Token);

        Assert.Equal(["a.txt"], changes.Paths);
        Assert.Equal(64, changes.TreeId.Length);
    }

    [Fact]
    public async Task Directories_nested_beyond_the_longest_path_are_removed_too()
    {
        _repository.Write("a", "1");
        _repository.Commit("base");
        var workspace = await _host.Workspaces.CreateAsync(_repository.Path, "e1", cancellationToken: Token);
        await RunShellAsync("d=$(printf 'x%.0s' $(seq 200)); i=0; while [ $i -lt 40 ]; do mkdir $d && cd -P $d || exit 1; i=$((i+1)); done; touch file; chmod 0 .", workspace);

        var unreadable = await Assert.ThrowsAsync<WorkspaceException>(async () => await workspace.CollectAsync(Token));
        await workspace.DisposeAsync();

        Assert.Equal("workspace.tampered", unreadable.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_host.WorkspaceRoot));
    }

    private void AddNestedSubmodules()
    {
        using var innermost = GitRepository.Init();
        innermost.Write("inner.txt", "innermost\n");
        innermost.Commit("inner");
        _library.Write("lib.txt", "library\n");
        _library.Write(".gitignore", "out/\n");
        _library.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", innermost.Path, "deep");
        _library.Commit("library");
        _repository.Write("main.txt", "main\n");
        _repository.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", _library.Path, "vendor/outer");
        _repository.Run("-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init", "--recursive");
        _repository.Commit("base");
    }

    private static async Task RunShellAsync(string script, GitWorkspace workspace)
    {
        using var shell = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/bash", ["-c", script]) { WorkingDirectory = workspace.Workspace.Directory })!;
        await shell.WaitForExitAsync(Token);
        Assert.Equal(0, shell.ExitCode);
    }
}
