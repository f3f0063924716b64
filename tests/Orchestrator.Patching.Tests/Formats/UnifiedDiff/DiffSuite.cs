using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>The recorded cases of another tool, by their ids.</summary>
internal sealed class DiffSuite(string fileName)
{
    private readonly Lazy<Dictionary<string, JsonElement>> _cases = new(() =>
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Engines.RequireShared("fixtures", "patch", fileName)));
        return document.RootElement.GetProperty("cases").EnumerateArray().ToDictionary(static item => item.GetProperty("id").GetString()!, static item => item.Clone());
    });

    public JsonElement this[string id] => _cases.Value[id];

    /// <summary>The ids of the cases that are wanted. Where the shared data is missing, one row that says so when it runs.</summary>
    public TheoryData<string> Ids(Func<JsonElement, bool> isWanted) => File.Exists(RepositoryRoot.Shared("fixtures", "patch", fileName))
        ? [.. _cases.Value.Where(item => isWanted(item.Value)).Select(static item => item.Key)]
        : ["the shared data"];

    public static bool IsCandidate(JsonElement item) => item.TryGetProperty("engine_candidate", out var value) && value.ValueKind == JsonValueKind.True;

    public static byte[] Bytes(JsonElement content) => content.GetProperty("encoding").GetString() == "base64"
        ? content.GetProperty("content").GetBytesFromBase64()
        : Encoding.UTF8.GetBytes(content.GetProperty("content").GetString()!);

    /// <summary>Writes the files of a case.</summary>
    public static void Write(string root, JsonElement files)
    {
        Directory.CreateDirectory(root);
        foreach (var file in files.EnumerateArray())
        {
            var path = Path.Combine(root, file.GetProperty("path").GetString()!);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            switch (file.TryGetProperty("type", out var type) ? type.GetString() : "file")
            {
                case "symlink":
                    File.CreateSymbolicLink(path, file.GetProperty("target").GetString()!);
                    break;
                case "dir":
                    Directory.CreateDirectory(path);
                    break;
                default:
                    WriteFile(path, file);
                    break;
            }
        }
    }

    private static void WriteFile(string path, JsonElement file)
    {
        File.WriteAllBytes(path, Bytes(file));
        if (file.TryGetProperty("mode", out var mode) && mode.GetString() is "100755" or "755" or "0755")
        {
            PatchSample.MakeExecutable(path);
        }
    }
}
