using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Cases of other tools' behaviour, each applied to a directory of its own.</summary>
internal static class FixtureSuite
{
    /// <summary>The ids of a suite's cases; one empty id when the fixtures are not there, so that the test can say so.</summary>
    public static TheoryData<string> Ids(string name, Func<JsonElement, bool>? filter = null)
    {
        var path = RepositoryRoot.Shared("fixtures", "patch", name);
        if (!File.Exists(path))
        {
            return new TheoryData<string>("");
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return new TheoryData<string>(document.RootElement.GetProperty("cases").EnumerateArray()
            .Where(test => filter is null || filter(test)).Select(static test => test.GetProperty("id").GetString()!));
    }

    public static JsonElement Case(string name, string id)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Engines.RequireShared("fixtures", "patch", name)));
        return document.RootElement.GetProperty("cases").EnumerateArray().First(test => test.GetProperty("id").GetString() == id).Clone();
    }

    /// <summary>Applies patches one after the other to the files of a case.</summary>
    /// <returns>Empty when the tree is the expected one; otherwise what differs, with the conflicts.</returns>
    public static async Task<string> ApplyAsync(JsonElement input, JsonElement expected, PatchFormat format, IEnumerable<byte[]> patches, Action<PatchOptions>? configure = null)
    {
        using var folder = new TemporaryDirectory();
        var (root, wanted) = (folder.Combine("tree"), folder.Combine("wanted"));
        Write(root, input);
        Write(wanted, expected);
        var options = PatchCalls.Beside(root);
        configure?.Invoke(options);
        var manager = new PatchManager(options);
        var report = new StringBuilder();
        var count = 0;
        foreach (var patch in patches)
        {
            var parsed = manager.Parse(patch, "task", format);
            if (parsed.Patch is not { } set)
            {
                report.Append(PatchConflictText.Format([parsed.Error!]));
                continue;
            }

            var request = new PatchRequest { Id = $"a{count++}", Root = root, Patch = set };
            var result = await manager.ApplyAsync(request, TestContext.Current.CancellationToken);
            report.Append(PatchConflictText.Format(result.Conflicts));
        }

        var difference = TreeState.Difference(TreeState.Read(wanted), TreeState.Read(root));
        return difference.Length == 0 ? "" : difference + report + Show(root);
    }

    public static byte[] Bytes(JsonElement content) => content.GetProperty("encoding").GetString() == "base64"
        ? content.GetProperty("content").GetBytesFromBase64()
        : Encoding.UTF8.GetBytes(content.GetProperty("content").GetString()!);

    private static string Show(string root) => string.Concat(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .Select(file => $"{Path.GetRelativePath(root, file)}: {VisibleText.Of(File.ReadAllBytes(file)).ReplaceLineEndings("␊")}\n"));

    private static void Write(string root, JsonElement files)
    {
        Directory.CreateDirectory(root);
        foreach (var file in files.EnumerateArray())
        {
            var path = Path.Combine(root, file.GetProperty("path").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, Bytes(file));
        }
    }
}
