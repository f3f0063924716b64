using System.Text;

namespace Orchestrator.Patching;

/// <summary>The patch manager on files in memory does what it does on a disk.</summary>
public sealed class InMemoryPatchTests
{
    private static readonly string Root = Path.GetFullPath("/root");

    private readonly InMemoryFileSystem _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(PatchDurability.Full)]
    [InlineData(PatchDurability.Process)]
    public async Task A_varied_patch_is_applied_found_applied_and_taken_back(PatchDurability durability)
    {
        using var sample = PatchSample.Varied();
        Load(sample.Before);
        var before = State();
        var manager = new PatchManager(_files, new PatchOptions { JournalDirectory = Path.GetFullPath("/journals"), Durability = durability });

        var applied = await manager.ApplyAsync(Root, sample.Diff);
        var after = State();
        var again = await manager.ApplyAsync(Root, sample.Diff, "a2");
        var reverted = await manager.RevertAsync(Root, "a1", Token);

        Assert.Empty(applied.Conflicts);
        Assert.Equal((PatchOutcome.Applied, PatchOutcome.AlreadyApplied, PatchOutcome.Reverted), (applied.Outcome, again.Outcome, reverted.Outcome));
        Load(sample.After, "/wanted");
        Assert.Equal(State("/wanted"), after);
        Assert.Equal(before, State());
    }

    [Fact]
    public async Task A_file_with_two_names_keeps_both()
    {
        _files.WriteFile(Root + "/a", PatchContent.FromText("one\n"));
        _files.CreateHardLink(Root + "/b", Root + "/a");

        var result = await new PatchManager(_files).ApplyAsync(Root, "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+two\n");

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.Equal("two\n"u8, _files.ReadFile(Root + "/b", 100));
    }

    [Fact]
    public async Task A_link_is_never_followed()
    {
        _files.WriteFile(Path.GetFullPath("/out/a"), PatchContent.FromText("one\n"));
        _files.WriteFile(Root + "/x", default);
        _files.CreateLink(Root + "/l", "../out");

        var result = await new PatchManager(_files).ApplyAsync(Root, "--- a/l/a\n+++ b/l/a\n@@ -1 +1 @@\n-one\n+two\n");

        Assert.Equal(PatchConflictCode.NotAFile, Assert.Single(result.Conflicts).Code);
        Assert.Equal("one\n"u8, _files.ReadFile(Path.GetFullPath("/out/a"), 100));
    }

    [Fact]
    public async Task Patches_of_many_threads_are_all_applied()
    {
        _files.WriteFile(Root + "/a", PatchContent.FromText(PatchSample.Lines(40)));
        var manager = new PatchManager(_files);

        var results = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(
            () => manager.ApplyAsync(Root, $"--- a/a\n+++ b/a\n@@ -{i * 2} +{i * 2} @@\n-line {i * 2}\n+LINE {i * 2}\n", $"p{i}"), Token)));

        Assert.All(results, static result => Assert.Equal(PatchOutcome.Applied, result.Outcome));
        Assert.Equal(20, Encoding.UTF8.GetString(_files.ReadFile(Root + "/a", 10_000)).Split('\n').Count(static line => line.StartsWith("LINE", StringComparison.Ordinal)));
    }

    private void Load(string directory, string? root = null)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(directory, path).Replace(Path.DirectorySeparatorChar, '/');
            UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(path);
            _files.WriteFile($"{root ?? Root}/{name}", new PatchContent(File.ReadAllBytes(path)), mode);
        }
    }

    private Dictionary<string, (string Content, UnixFileMode Mode)> State(string? root = null) => _files.GetFiles(root ?? Root).ToDictionary(
        static name => name,
        name => (Convert.ToHexString(_files.ReadFile($"{root ?? Root}/{name}", 1 << 20)), _files.GetEntry($"{root ?? Root}/{name}").Mode),
        StringComparer.Ordinal);
}
