using System.Text;
using System.Text.Json;

namespace Orchestrator.Patching;

/// <summary>What other tools make of edits, with the cases in which we deliberately do otherwise: docs/patching-divergences.md gives the reasons.</summary>
public sealed class RecordedEditTests
{
    private const string Codex = "codex-apply-patch.json";
    private const string Aider = "aider-edits.json";
    private const string Authored = "str-replace-authored.json";
    private const string Lsp = "lsp-textedit.json";

    public static TheoryData<string> CodexCases => FixtureSuite.Ids(Codex);

    public static TheoryData<string> AiderCases => FixtureSuite.Ids(Aider, static test => test.GetProperty("kind").GetString() == "apply");

    public static TheoryData<string> AuthoredCases => FixtureSuite.Ids(Authored);

    public static TheoryData<string> LspCases => FixtureSuite.Ids(Lsp);

    [Theory]
    [MemberData(nameof(CodexCases))]
    public async Task An_apply_patch_envelope_ends_as_recorded(string id)
    {
        var test = FixtureSuite.Case(Codex, id);

        var difference = await FixtureSuite.ApplyAsync(
            test.GetProperty("input"), test.GetProperty("expected").GetProperty("files"), PatchFormat.ApplyPatch, [FixtureSuite.Bytes(test.GetProperty("patch"))]);

        Check(difference, Divergences.Expected("codex", id));
    }

    [Theory]
    [MemberData(nameof(AiderCases))]
    public async Task A_search_and_replace_reply_ends_as_recorded(string id)
    {
        var test = FixtureSuite.Case(Aider, id);

        var difference = await FixtureSuite.ApplyAsync(
            test.GetProperty("input"), test.GetProperty("expected").GetProperty("files"), PatchFormat.SearchReplace, [FixtureSuite.Bytes(test.GetProperty("patch"))]);

        Check(difference, Divergences.Expected("aider", id));
    }

    [Theory]
    [MemberData(nameof(AuthoredCases))]
    public async Task A_str_replace_edit_ends_as_decided(string id)
    {
        var test = FixtureSuite.Case(Authored, id);
        var patch = Encoding.UTF8.GetBytes(test.GetProperty("edit").GetRawText());

        Assert.Equal("", await FixtureSuite.ApplyAsync(test.GetProperty("input"), test.GetProperty("expected").GetProperty("files"), PatchFormat.StrReplace, [patch]));
    }

    [Theory]
    [MemberData(nameof(LspCases))]
    public async Task Text_edits_end_as_recorded(string id)
    {
        var test = FixtureSuite.Case(Lsp, id);
        var patches = test.TryGetProperty("edits", out var edits)
            ? [Document(test, edits.EnumerateArray())]
            : test.GetProperty("changes").EnumerateArray().Select(change => Change(test, change));

        var difference = await FixtureSuite.ApplyAsync(test.GetProperty("input"), test.GetProperty("expected").GetProperty("files"), PatchFormat.LspEdit, patches);

        Check(difference, Divergences.Expected("lsp", id));
    }

    /// <summary>A change without a range replaces the whole document.</summary>
    private static byte[] Change(JsonElement test, JsonElement change)
    {
        var range = change.TryGetProperty("range", out var given)
            ? given.GetRawText()
            : """{"start":{"line":0,"character":0},"end":{"line":2147483647,"character":0}}""";
        using var edit = JsonDocument.Parse($$"""{"range":{{range}},"newText":{{change.GetProperty("text").GetRawText()}}}""");
        return Document(test, [edit.RootElement]);
    }

    private static byte[] Document(JsonElement test, IEnumerable<JsonElement> edits)
    {
        var path = test.GetProperty("input")[0].GetProperty("path").GetString();
        return Encoding.UTF8.GetBytes($"{{\"changes\":{{\"{path}\":[{string.Join(',', edits.Select(static edit => edit.GetRawText()))}]}}}}");
    }

    /// <summary>What the docs say: the same, rejected, or what the file then holds.</summary>
    private static void Check(string difference, string expected)
    {
        if (expected == SuiteRun.Same)
        {
            Assert.True(difference.Length == 0, difference);
            return;
        }

        Assert.Contains(expected == "rejected" ? "Nothing was written" : expected + "\n", difference, StringComparison.Ordinal);
    }
}
