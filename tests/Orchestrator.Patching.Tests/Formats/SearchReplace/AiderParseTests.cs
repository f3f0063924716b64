using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Real replies of models, and what aider reads in them.</summary>
public sealed class AiderParseTests
{
    /// <summary>
    /// A reply with commands to run and without any block is refused besides: it holds no patch. Otherwise, where we refuse what aider reads: the replacement holds a second divider, at which aider ends the block and drops what follows. The divider may as well be a line of the
    /// replacement (an underlined heading), so that we do not guess.
    /// </summary>
    private static readonly string[] SecondDivider = ["gold/0103", "gold/0938", "gold/7072", "gold/7667", "gold/7792", "gold/7795", "gold/7831"];

    public static TheoryData<string> Cases(string file)
    {
        var path = RepositoryRoot.Shared("fixtures", "patch", file);
        if (!File.Exists(path))
        {
            return ["absent"];
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray()
            .Where(static test => test.GetProperty("kind").GetString() == "parse" && test.GetProperty("format").GetString() == "aider-search-replace")
            .Select(static test => test.GetProperty("id").GetString()!)];
    }

    [Theory]
    [MemberData(nameof(Cases), "aider-parse-gold.json")]
    public void A_reply_of_the_history_is_read_as_aider_reads_it(string id) => Check("aider-parse-gold.json", id);

    [Theory]
    [MemberData(nameof(Cases), "aider-edits.json")]
    public void A_reply_of_the_upstream_tests_is_read_as_aider_reads_it(string id) => Check("aider-edits.json", id);

    private static void Check(string file, string id)
    {
        var path = Engines.RequireShared("fixtures", "patch", file);
        var test = Suites.GetOrAdd(path, Load)[id];
        var result = ParserCalls.Try(test.Text, PatchFormat.SearchReplace);
        if (test.Blocks is null or [] || SecondDivider.Contains(id))
        {
            Assert.Null(result.Patch);
            Assert.True(result.Error is { Code: PatchConflictCode.Malformed, Line: > 0, Column: > 0 });
            return;
        }

        Assert.Null(result.Error);
        Assert.Equal(InFileOrder(test.Blocks), Blocks(result.Patch!));
    }

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Dictionary<string, Reply>> Suites = new();

    private static Dictionary<string, Reply> Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.GetProperty("cases").EnumerateArray().Where(static test => test.GetProperty("kind").GetString() == "parse").ToDictionary(
            static test => test.GetProperty("id").GetString()!,
            static test => new Reply(test.GetProperty("patch").GetProperty("content").GetString()!, Expected(test.GetProperty("expected"))));
    }

    /// <summary>The blocks of edits; commands to run, which aider also collects, are no part of a patch.</summary>
    private static List<Block>? Expected(JsonElement expected) => expected.GetProperty("outcome").GetString() == "error"
        ? null
        : expected.GetProperty("edits").EnumerateArray().Where(static edit => edit.TryGetProperty("search", out _)).Select(static edit =>
            new Block(edit.GetProperty("path").GetString()!, edit.GetProperty("search").GetString()!, edit.GetProperty("replace").GetString()!)).ToList();

    /// <summary>Blocks of one file stand together, but for those that make it.</summary>
    private static List<Block> InFileOrder(List<Block> blocks) =>
        [.. blocks.GroupBy(static block => (block.Path, IsNew: block.Search.Length == 0)).SelectMany(static group => group)];

    private static List<Block> Blocks(PatchSet patch) =>
        [.. patch.Files.SelectMany(static file => file.Operation == FileOperation.Create
            ? [new Block(file.Path, "", file.Content.ToString()!)]
            : file.Edits.Select(edit => new Block(file.Path, edit.Old.ToString(), edit.New.ToString())))];

    private sealed record Block(string Path, string Search, string Replace);

    private sealed record Reply(string Text, List<Block>? Blocks);
}
