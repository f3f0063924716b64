using Orchestrator.Testing;

namespace Orchestrator.Providers.Workspaces;

public sealed class GitRepositoriesTests : IAsyncDisposable
{
    private readonly ProviderHost _host = new();
    private readonly GitRepository _repository = GitRepository.Init();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _repository.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_clean_repository_and_what_makes_it_dirty()
    {
        _repository.Write("a b.txt", "1");
        _repository.Write(".gitignore", "out/");
        var head = _repository.Commit("base");
        var clean = await _host.Repositories.InspectAsync(_repository.Path, Token);
        _repository.Write("a b.txt", "2");
        _repository.Write("sub/new ü.txt", "1");
        _repository.Write("out/x", "1");

        var dirty = await _host.Repositories.InspectAsync(_repository.Path, Token);

        Assert.Equal((null, head, false), (clean.Error, clean.HeadCommit, clean.IsDirty));
        Assert.NotNull(clean.Branch);
        Assert.Equal(["a b.txt", "sub/new ü.txt"], dirty.Changes.Order());
    }

    [Fact]
    public async Task What_cannot_be_used_is_said_plainly()
    {
        var folder = _host.Folder.Combine("plain", "x");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(_host.Folder.Combine("bare.git"));
        GitRepository.Open(_host.Folder.Combine("bare.git")).Run("init", "--bare", "--quiet");

        Assert.Contains("is not a directory", (await _host.Repositories.InspectAsync("/no/such/dir", Token)).Error, StringComparison.Ordinal);
        Assert.Contains("is not a git repository", (await _host.Repositories.InspectAsync(folder, Token)).Error, StringComparison.Ordinal);
        Assert.Contains("is a bare repository", (await _host.Repositories.InspectAsync(_host.Folder.Combine("bare.git"), Token)).Error, StringComparison.Ordinal);
        Assert.Contains("has no commits yet", (await _host.Repositories.InspectAsync(_repository.Path, Token)).Error, StringComparison.Ordinal);
        _repository.Write("sub/a", "1");
        _repository.Commit("base");
        Assert.Contains("lies inside a repository", (await _host.Repositories.InspectAsync(_repository.Combine("sub"), Token)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_linked_worktree_of_a_repository_serves_too()
    {
        _repository.Write("a", "1\n");
        _repository.Commit("base");
        var linked = _host.Folder.Combine("linked");
        _repository.Run("worktree", "add", "--quiet", "--detach", linked);

        await using var workspace = await _host.Workspaces.CreateAsync(linked, "e1", cancellationToken: Token);
        GitRepository.Open(workspace.Workspace.Directory).Write("a", "2\n");

        Assert.Equal(["a"], (await workspace.CollectAsync(Token)).Paths);
        Assert.Null((await _host.Repositories.InspectAsync(linked, Token)).Branch);
    }
}
