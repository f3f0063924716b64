using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Workspaces;

/// <summary>Workspaces for containers, where the caller's repository is not to be seen.</summary>
public sealed class OwnObjectsTests : IAsyncLifetime
{
    private readonly ProviderHost _host = new(builder => builder.UseContainers(containers => (containers.Pool, containers.Directory) = ("agents", "/nowhere/{instance}")));
    private readonly TemporaryDirectory _folder = new();
    private GitRepository? _repository;

    private GitRepository Repository => _repository!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        using var made = GitRepository.Init();
        made.Write("a.txt", string.Concat(Enumerable.Range(0, 200).Select(number => $"line {number}\n")));
        made.Write("folder/b.bin", [0, 1, 2]);
        made.Commit("first");
        made.Write("a.txt", made.Read("a.txt").Replace("line 7\n", "LINE 7\n", StringComparison.Ordinal));
        made.Commit("second");
        made.Run("repack", "-a", "-d", "-q"); // One file is kept as its difference from another commit's.
        var path = _folder.Combine("repository");
        made.Run("clone", "--quiet", "--no-hardlinks", made.Path, path);
        _repository = GitRepository.Open(path);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Git_works_without_the_callers_repository_and_what_changed_is_collected_with_it(bool isShallow)
    {
        var repository = isShallow ? Shallow() : Repository;
        await using var workspace = await _host.Workspaces.CreateAsync(repository.Path, "own", cancellationToken: Token);
        var tree = GitRepository.Open(workspace.Workspace.Directory);
        Directory.Move(repository.Path, repository.Path + "-away");

        Assert.Equal("", tree.Status());
        Assert.Equal("second\n", tree.Run("log", "--format=%s"));
        Assert.Equal("", tree.Run("fsck", "--full", "--strict", "--no-dangling"));
        tree.Write("a.txt", "changed\n");
        Assert.Contains("-LINE 7", tree.Run("diff", "HEAD"), StringComparison.Ordinal);
        tree.Commit("the agent's");
        tree.Write("c.txt", "new\n");

        Directory.Move(repository.Path + "-away", repository.Path);
        var changes = await workspace.CollectAsync(Token);
        Assert.Equal(["a.txt", "c.txt"], changes.Paths.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_callers_repository_keeps_what_it_has()
    {
        var before = Repository.Run("count-objects", "-v");
        await using (var workspace = await _host.Workspaces.CreateAsync(Repository.Path, "kept", cancellationToken: Token))
        {
            Assert.False(File.Exists(Path.Combine(workspace.Workspace.Directory, ".git", "objects", "info", "alternates")));
        }

        Assert.Equal(before, Repository.Run("count-objects", "-v"));
        Assert.Equal("second\nfirst\n", Repository.Run("log", "--format=%s"));
        Repository.Run("fsck", "--full");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    private GitRepository Shallow()
    {
        Repository.Run("clone", "--quiet", "--depth=1", $"file://{Repository.Path}", _folder.Combine("shallow"));
        return GitRepository.Open(_folder.Combine("shallow"));
    }
}
