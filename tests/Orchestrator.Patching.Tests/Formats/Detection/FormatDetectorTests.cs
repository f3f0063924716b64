using System.Text;
using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class FormatDetectorTests
{
    private const string Diff = "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n";
    private const string Envelope = "*** Begin Patch\n*** Delete File: a\n*** End Patch\n";
    private const string Block = "a.txt\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n";
    private const string Operation = """{"file": "a", "operation": "append", "block": "x"}""";

    [Theory]
    [InlineData(Diff, PatchFormat.UnifiedDiff)]
    [InlineData("From: a\nSubject: [PATCH] x\n\n" + Diff, PatchFormat.UnifiedDiff)]
    [InlineData("--- x\n+++ x\n@@ -1 +1 @@\n-<<<<<<< SEARCH\n+b\n", PatchFormat.UnifiedDiff)]
    [InlineData("Index: x\n=====\n--- x\n+++ x\n@@ -1,2 +1,2 @@\n *** Begin Patch\n-a\n+b\n", PatchFormat.UnifiedDiff)]
    [InlineData("{\"task_id\": \"t\", \"files\": []}", PatchFormat.PatchSet)]
    [InlineData(Operation, PatchFormat.AIPatch)]
    [InlineData("Sure.\n" + Operation, PatchFormat.AIPatch)]
    [InlineData("  [\n" + Operation + "]", PatchFormat.AIPatch)]
    [InlineData("{\"block\": \"broken", PatchFormat.AIPatch)]
    [InlineData(Envelope, PatchFormat.ApplyPatch)]
    [InlineData("*** Begin Patch\n*** Add File: a\n+x\n+diff --git a/x b/x\n@@\n*** End Patch\n", PatchFormat.ApplyPatch)]
    [InlineData(Block, PatchFormat.SearchReplace)]
    [InlineData("a.txt\n<<<<<<< SEARCH\n" + Envelope + "=======\n" + Diff + ">>>>>>> REPLACE\n", PatchFormat.SearchReplace)]
    [InlineData("{\"path\": \"a\", \"old_str\": \"\", \"new_str\": \"\"}", PatchFormat.StrReplace)]
    [InlineData("[{\"file_path\": \"a\", \"old_string\": \"\", \"new_string\": \"\"}]", PatchFormat.StrReplace)]
    [InlineData("{\"changes\": {}}", PatchFormat.LspEdit)]
    [InlineData("{\"changeAnnotations\": {}, \"documentChanges\": []}", PatchFormat.LspEdit)]
    [InlineData("[{\"range\": {}, \"newText\": \"\"}]", PatchFormat.LspEdit)]
    [InlineData("a.txt\n```\nx\n```\n", PatchFormat.WholeFile)]
    public void A_form_is_told_by_its_marks(string patch, PatchFormat format) =>
        Assert.Equal(format, new FormatDetector(Encoding.UTF8.GetBytes(patch), 1000).Detect());

    [Theory]
    [InlineData("Nothing here.")]
    [InlineData("{\"name\": \"x\"}")]
    [InlineData("{}")]
    [InlineData("[1, 2]")]
    [InlineData("```bash\nmake\n```\n")]
    public void A_text_of_no_form_is_refused_with_what_was_looked_for(string patch)
    {
        var error = Refuse(patch);

        Assert.Equal(PatchConflictCode.Malformed, error.Code);
        Assert.All(["diff --git", "*** Begin Patch", "<<<<<<< SEARCH", "operation", "old_str", "documentChanges", "fences"], words => Assert.Contains(words, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Envelope + Block, "ApplyPatch (line 1), SearchReplace (line 5)", 5)]
    [InlineData(Block + "\n" + Diff, "UnifiedDiff (line 8), SearchReplace (line 2)", 8)]
    [InlineData("So:\n" + Operation + "\n" + Envelope, "AIPatch (line 2), ApplyPatch (line 3)", 3)]
    [InlineData("""{"operation": "append", "old_str": "x"}""", "AIPatch (line 1), StrReplace (line 1)", 1)]
    public void A_text_of_several_forms_is_refused_with_their_lines(string patch, string words, int line)
    {
        var error = Refuse(patch);

        Assert.Equal((PatchConflictCode.Malformed, line), (error.Code, error.Line));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    public void Nothing_is_empty(string patch) => Assert.Equal(PatchConflictCode.Empty, Refuse(patch).Code);

    [Fact]
    public void Json_in_json_is_looked_at_once()
    {
        var text = string.Concat(Enumerable.Repeat("{\"a\":\n", 60)) + "[" + string.Concat(Enumerable.Repeat("1,\n", 10)) + "{\n\"operation\": 1}]" + new string('}', 60) + "\n";

        Assert.Contains("cannot be told", Refuse(text).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mark_before_a_patch_set_is_no_part_of_it() => Assert.Empty(Read("\uFEFF{\"task_id\": \"t\", \"files\": []}").Files);
}
