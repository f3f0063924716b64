using System.Diagnostics;
using Orchestrator.Providers.Chat.Tools;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Chat;

public sealed class WorkspaceTreeTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly WorkspaceTree _tree;

    public WorkspaceTreeTests()
    {
        _folder.Write("tree/a.txt", "inside\n");
        _folder.Write("tree/sub/b.txt", "below\n");
        _folder.Write("tree/.git/config", "private\n");
        _folder.Write("outside.txt", "outside\n");
        _folder.Write("tree-beside/c.txt", "beside\n");
        _tree = new WorkspaceTree(Root, 2048, new SecretRedactor());
    }

    private string Root => _folder.Combine("tree");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.txt", "a.txt")]
    [InlineData("./sub/../a.txt", "a.txt")]
    [InlineData("sub/", "sub")]
    [InlineData("", "")]
    [InlineData(".", "")]
    [InlineData("sub/b.txt", "sub/b.txt")]
    public void A_path_within_the_workspace_is_made_normal(string path, string expected)
    {
        var place = _tree.Resolve(path);

        Assert.Equal((expected, null), (place.Relative, place.Refusal));
        Assert.Equal(expected.Length == 0 ? Root : Path.Combine(Root, expected), place.Absolute);
    }

    [Fact]
    public void An_absolute_path_within_the_workspace_is_understood() => Assert.Equal("sub/b.txt", _tree.Resolve(Path.Combine(Root, "sub/b.txt")).Relative);

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("sub/../../outside.txt")]
    [InlineData("../tree-beside/c.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData(".git/config")]
    [InlineData("sub/.GIT/config")]
    [InlineData(".git. /config")]
    [InlineData("GIT~1/config")]
    [InlineData(".orchestrator/patches")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void A_path_that_leaves_or_is_private_is_refused(string path)
    {
        Assert.NotNull(_tree.Resolve(path).Refusal);
        Assert.Null(_tree.Read(path).Text);
    }

    [Fact]
    public void A_path_of_many_components_is_refused() => Assert.NotNull(_tree.Resolve(string.Join('/', Enumerable.Repeat("a", 101))).Refusal);

    [Fact]
    public void Links_are_followed_nowhere()
    {
        File.CreateSymbolicLink(Path.Combine(Root, "file-link"), _folder.Combine("outside.txt"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "dir-link"), _folder.Path);
        File.CreateSymbolicLink(Path.Combine(Root, "dead-link"), "/nowhere");
        Directory.CreateSymbolicLink(Path.Combine(Root, "round"), Root);

        Assert.All(["file-link", "dir-link/outside.txt", "dir-link", "dead-link", "round/a.txt"], path => Assert.Contains("symbolic link", _tree.Read(path).Refusal, StringComparison.Ordinal));
        Assert.Equal(["a.txt", "sub/b.txt"], _tree.Files(_tree.Resolve("")).Select(file => file.Relative));
    }

    [Fact]
    public void A_file_that_is_too_large_or_no_text_is_not_shown()
    {
        File.WriteAllBytes(Path.Combine(Root, "large"), new byte[2049]);
        File.WriteAllBytes(Path.Combine(Root, "binary"), [1, 0, 2]);
        File.WriteAllBytes(Path.Combine(Root, "latin"), [0x61, 0xE9, 0x0A]);
        File.WriteAllBytes(Path.Combine(Root, "bom"), [0xEF, 0xBB, 0xBF, 0x61]);

        Assert.Equal("'large' has 2049 bytes; at most 2048 are shown.", _tree.Read("large").Refusal);
        Assert.Equal("'binary' is not text.", _tree.Read("binary").Refusal);
        Assert.Equal(("a\uFFFD\n", "a"), (_tree.Read("latin").Text, _tree.Read("bom").Text));
    }

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        using var process = Process.Start("mkfifo", [Path.Combine(Root, "pipe")]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal("", _tree.Read("pipe").Text);
    }

    [Fact]
    public void A_name_that_no_system_takes_is_refused_without_an_exception()
    {
        Assert.NotNull(_tree.Read(new string('a', 300)).Refusal);
        Assert.NotNull(_tree.Read("a.txt/below").Refusal);
    }

    [Fact]
    public void A_file_that_may_not_be_read_and_one_that_is_not_there_are_told()
    {
        Assert.Equal("There is no file 'none'. List or search to find it.", _tree.Read("none").Refusal);
        Assert.Equal("'sub' is a directory: list it.", _tree.Read("sub").Refusal);
    }
}
