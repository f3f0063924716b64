using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Cases that other tools' behaviour was recorded in.</summary>
public sealed class SharedFixtureTests
{
    /// <summary>Recorded with a configuration that lets git strip spaces at line ends; we never do.</summary>
    private static readonly string[] Configured = ["t4119/002", "t4119/009"];

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
            Write(root, test.GetProperty("input"));
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

    [Fact]
    public async Task A_recorded_git_apply_ends_in_gits_tree_or_in_an_untouched_one()
    {
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(Engines.RequireShared("fixtures", "patch", "git-apply-t41.json"), Token));
        int same = 0, refused = 0;
        var different = new List<string>();
        foreach (var test in document.RootElement.GetProperty("cases").EnumerateArray().Where(IsPlain))
        {
            using var folder = new TemporaryDirectory();
            var (root, wanted) = (folder.Combine("tree"), folder.Combine("wanted"));
            Write(root, test.GetProperty("input"));
            Write(wanted, test.GetProperty("expected").GetProperty("files"));
            var before = TreeState.Read(root);

            await IsRejectedAsync(root, Bytes(test.GetProperty("patch")));

            var now = TreeState.Read(root);
            if (TreeState.Difference(TreeState.Read(wanted), now).Length == 0)
            {
                same++;
            }
            else if (TreeState.Difference(before, now).Length == 0)
            {
                refused++;
                TestContext.Current.TestOutputHelper?.WriteLine($"refused: {test.GetProperty("id")}");
            }
            else
            {
                different.Add($"{test.GetProperty("id")}: {TreeState.Difference(TreeState.Read(wanted), now)}");
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"same {same}, refused {refused}, different {different.Count}");
        Assert.Empty(different);
        Assert.InRange(same, 100, int.MaxValue);
    }

    private static bool IsPlain(JsonElement test)
    {
        if (Configured.Contains(test.GetProperty("id").GetString()) || !test.TryGetProperty("self_contained", out var contained) || contained.ValueKind != JsonValueKind.True)
        {
            return false;
        }

        return test.GetProperty("args").EnumerateArray().All(static argument => argument.GetString() is "--index" or "-v" or "--verbose" or "--binary" or "--unidiff-zero");
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

    private static void Write(string root, JsonElement files)
    {
        Directory.CreateDirectory(root);
        foreach (var file in files.EnumerateArray())
        {
            var path = Path.Combine(root, file.GetProperty("path").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            switch (file.GetProperty("type").GetString())
            {
                case "symlink":
                    File.CreateSymbolicLink(path, file.GetProperty("target").GetString()!);
                    break;
                case "dir":
                    Directory.CreateDirectory(path);
                    break;
                default:
                    File.WriteAllBytes(path, Bytes(file));
                    if (file.TryGetProperty("mode", out var mode) && mode.GetString() is "100755" or "755")
                    {
                        PatchSample.MakeExecutable(path);
                    }

                    break;
            }
        }
    }

    private static byte[] Bytes(JsonElement content) => content.GetProperty("encoding").GetString() == "base64"
        ? content.GetProperty("content").GetBytesFromBase64()
        : Encoding.UTF8.GetBytes(content.GetProperty("content").GetString()!);
}
