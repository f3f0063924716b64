using Orchestrator.Testing;

namespace Orchestrator.Providers.Workspaces;

public sealed class TreeSnapshotsTests : IAsyncDisposable
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
    public async Task A_tree_is_put_back_exactly_and_the_by_products_are_kept_aside()
    {
        _repository.Write(".gitignore", "bin/\n");
        _repository.Write(".gitattributes", "*.txt eol=lf\n");
        _repository.Write("crlf.txt", "a\r\nb\r\n");
        _repository.Write("dir/file.txt", "in dir\n");
        _repository.Write("deep/er/x", "x");
        _repository.Commit("base");
        _repository.Write("dirty.txt", "uncommitted\r\n");
        File.CreateSymbolicLink(_repository.Combine("link"), "crlf.txt");
        var before = _repository.Tree();
        var outside = _host.Folder.Write("outside/file.txt", "not yours");
        var snapshot = await _host.Snapshots.CaptureAsync(_repository.Path, _host.Folder.Combine("snap"), Token);
        Assert.Empty(await _host.Snapshots.ChangesSinceAsync(snapshot, Token));

        _repository.Write("crlf.txt", "changed");
        File.SetUnixFileMode(_repository.Combine("dirty.txt"), (UnixFileMode)0b111_101_101);
        Directory.Delete(_repository.Combine("dir"), recursive: true);
        Directory.CreateSymbolicLink(_repository.Combine("dir"), Path.GetDirectoryName(outside)!);
        Directory.Delete(_repository.Combine("deep"), recursive: true);
        _repository.Write("deep", "a file now");
        File.Delete(_repository.Combine("link"));
        _repository.Write("made/by/verify.log", "log");
        var changes = await _host.Snapshots.ChangesSinceAsync(new TreeSnapshot(snapshot.RepositoryPath, snapshot.Directory, snapshot.TreeId), Token);
        await _host.Snapshots.RestoreAsync(snapshot, changes, _host.Folder.Combine("left"), Token);

        Assert.Equal(["crlf.txt", "deep", "deep/er/x", "dir", "dir/file.txt", "dirty.txt", "link", "made/by/verify.log"], changes.Order(StringComparer.Ordinal));
        Assert.Equal("", GitRepository.TreeDifference(before, _repository.Tree()));
        Assert.Equal("log", await File.ReadAllTextAsync(_host.Folder.Combine("left", "made", "by", "verify.log"), Token));
        Assert.Equal("not yours", await File.ReadAllTextAsync(outside, Token));
        Assert.Empty(await _host.Snapshots.ChangesSinceAsync(snapshot, Token));
        TreeSnapshots.Forget(snapshot.Directory);
        Assert.False(Directory.Exists(snapshot.Directory));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../x")]
    [InlineData(".git/config")]
    public async Task Paths_outside_the_tree_are_refused(string path)
    {
        _repository.Write("a", "1");
        _repository.Commit("base");
        var snapshot = await _host.Snapshots.CaptureAsync(_repository.Path, _host.Folder.Combine("snap"), Token);

        await Assert.ThrowsAsync<ArgumentException>(async () => await _host.Snapshots.RestoreAsync(snapshot, [path], _host.Folder.Combine("left"), Token));
    }
}
