using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Patches that want out of the tree, or to leave it half changed, in every form that they were recorded in.</summary>
public sealed class HostilePatchTests
{
    private const string Suite = "hostile-patches.json";

    public static TheoryData<string> Ids => FixtureSuite.Ids(Suite);

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_hostile_patch_does_nothing_in_any_form(string id)
    {
        var test = FixtureSuite.Case(Suite, id);
        var forms = 0;
        foreach (var (form, format) in new[] { ("git_patch", PatchFormat.UnifiedDiff), ("codex_patch", PatchFormat.ApplyPatch) })
        {
            if (test.TryGetProperty(form, out var patch))
            {
                await TryAsync(test, patch.GetString()!, format);
                forms++;
            }
        }

        Assert.InRange(forms, 1, 2);
    }

    private static async Task TryAsync(JsonElement test, string patch, PatchFormat format)
    {
        using var folder = new TemporaryDirectory();
        var (root, wanted) = (folder.Combine("tree"), folder.Combine("wanted"));
        Write(root, test.GetProperty("input"));
        Write(wanted, test.GetProperty("expected").GetProperty("files"));
        Directory.CreateDirectory(folder.Combine("OUT"));
        var text = patch.Replace("/ABS", folder.Path, StringComparison.Ordinal);

        foreach (var asked in new[] { format, PatchFormat.Auto })
        {
            var outcome = await ApplyAsync(root, Encoding.UTF8.GetBytes(text), asked);

            Assert.Equal(test.GetProperty("expected").GetProperty("outcome").GetString()!.StartsWith("applied", StringComparison.Ordinal) ? PatchOutcome.Applied : PatchOutcome.Rejected, outcome);
            Assert.Equal("", TreeState.Difference(TreeState.Read(wanted), TreeState.Read(root)));
            Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Combine("OUT")));
            if (outcome == PatchOutcome.Applied)
            {
                return;
            }
        }
    }

    private static async Task<PatchOutcome> ApplyAsync(string root, byte[] patch, PatchFormat format)
    {
        var manager = new PatchManager(PatchCalls.Beside(root));
        return manager.Parse(patch, "task", format).Patch is { } set
            ? (await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = set }, TestContext.Current.CancellationToken)).Outcome
            : PatchOutcome.Rejected;
    }

    private static void Write(string root, JsonElement files)
    {
        Directory.CreateDirectory(root);
        foreach (var file in files.EnumerateArray())
        {
            var path = Path.Combine(root, file.GetProperty("path").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (file.GetProperty("type").GetString() == "symlink")
            {
                File.CreateSymbolicLink(path, file.GetProperty("target").GetString()!);
            }
            else
            {
                File.WriteAllBytes(path, FixtureSuite.Bytes(file));
            }
        }
    }
}
