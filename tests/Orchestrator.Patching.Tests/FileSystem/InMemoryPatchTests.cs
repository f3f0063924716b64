using System.Text;

namespace Orchestrator.Patching;

/// <summary>What files in memory have beyond the seam; the rest is in <see cref="InMemoryApplicationTests"/>.</summary>
public sealed class InMemoryPatchTests
{
    private static readonly string Root = Path.GetFullPath("/root");

    private readonly InMemoryFileSystem _files = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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
    public async Task Patches_of_many_threads_are_all_applied()
    {
        _files.WriteFile(Root + "/a", PatchContent.FromText(PatchSample.Lines(40)));
        var manager = new PatchManager(_files);

        var results = await Task.WhenAll(Enumerable.Range(1, 20).Select(i => Task.Run(
            () => manager.ApplyAsync(Root, $"--- a/a\n+++ b/a\n@@ -{i * 2} +{i * 2} @@\n-line {i * 2}\n+LINE {i * 2}\n", $"p{i}"), Token)));

        Assert.All(results, static result => Assert.Equal(PatchOutcome.Applied, result.Outcome));
        Assert.Equal(20, Encoding.UTF8.GetString(_files.ReadFile(Root + "/a", 10_000)).Split('\n').Count(static line => line.StartsWith("LINE", StringComparison.Ordinal)));
    }
}
