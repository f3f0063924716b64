using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Patches that want out of the tree, or to leave it half changed.</summary>
public sealed class SharedFixtureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_hostile_diff_is_rejected_and_the_tree_stays_as_it_was()
    {
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(Engines.RequireShared("fixtures", "patch", "hostile-patches.json"), Token));
        var tried = 0;
        foreach (var test in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (!test.TryGetProperty("git_patch", out var patch))
            {
                continue;
            }

            using var folder = new TemporaryDirectory();
            var root = folder.Combine("tree");
            DiffSuite.Write(root, test.GetProperty("input"));
            Directory.CreateDirectory(folder.Combine("OUT"));
            var before = TreeState.Read(folder.Path);
            var text = patch.GetString()!.Replace("/ABS", folder.Path, StringComparison.Ordinal);

            var rejected = await IsRejectedAsync(root, Encoding.UTF8.GetBytes(text));

            Assert.True(rejected, test.GetProperty("id").GetString());
            Assert.Equal("", TreeState.Difference(before, TreeState.Read(folder.Path)));
            tried++;
        }

        Assert.Equal(16, tried);
    }

    private static async Task<bool> IsRejectedAsync(string root, byte[] patch)
    {
        var manager = new PatchManager(new PatchOptions { JournalDirectory = root + ".journals", Durability = PatchDurability.Process });
        try
        {
            return manager.Parse(patch, "task").Patch is not { } set
                || (await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = set }, Token)).Outcome == PatchOutcome.Rejected;
        }
        finally
        {
            if (Directory.Exists(root + ".journals"))
            {
                Directory.Delete(root + ".journals", recursive: true);
            }
        }
    }
}
