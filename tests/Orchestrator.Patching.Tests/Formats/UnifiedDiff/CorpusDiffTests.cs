using System.IO.Compression;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Real commits as diffs in eight forms: the files after must come out byte for byte.</summary>
public sealed class CorpusDiffTests
{
    private const string FileName = "corpus-polly.jsonl.gz";

    private static readonly Lazy<Dictionary<string, JsonElement>> Commits = new(Read);

    public static TheoryData<string> Ids => File.Exists(RepositoryRoot.Shared("fixtures", "patch", FileName)) ? [.. Commits.Value.Keys] : ["the shared data"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task A_commits_diff_gives_the_files_after_and_so_does_our_own_diff_of_it(string id)
    {
        var item = Commits.Value[id];
        using var folder = new TemporaryDirectory();
        var (first, second, wanted) = (folder.Combine("first"), folder.Combine("second"), folder.Combine("wanted"));
        DiffSuite.Write(first, item.GetProperty("files_before"));
        DiffSuite.Write(second, item.GetProperty("files_before"));
        DiffSuite.Write(wanted, item.GetProperty("files_after"));
        var patch = new PatchManager().Read(DiffSuite.Bytes(item.GetProperty("diff")));

        var formatted = await new PatchManager(PatchCalls.Beside(first)).FormatAsync(patch, first, PatchFormat.UnifiedDiff, Token);
        var applied = await ApplyAsync(first, patch);
        var again = await ApplyAsync(second, new PatchManager().Read(formatted.Bytes.ToArray()));

        Assert.Empty(applied.Conflicts.Concat(again.Conflicts));
        PatchCalls.AssertSame(wanted, first);
        PatchCalls.AssertSame(wanted, second);
    }

    [Fact]
    public void The_corpus_has_all_eight_forms() =>
        Assert.Equal((150, 8), (Commits.Value.Count, Commits.Value.Values.Select(static item => item.GetProperty("variant").GetString()).Distinct().Count()));

    private static async Task<PatchApplication> ApplyAsync(string root, PatchSet patch) =>
        await new PatchManager(PatchCalls.Beside(root)).ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = patch }, Token);

    private static Dictionary<string, JsonElement> Read()
    {
        var commits = new Dictionary<string, JsonElement>();
        using var file = File.OpenRead(Engines.RequireShared("fixtures", "patch", FileName));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var commit = document.RootElement.Clone();
            commits.Add($"{commit.GetProperty("id").GetString()} {commit.GetProperty("variant").GetString()}", commit);
        }

        return commits;
    }
}
