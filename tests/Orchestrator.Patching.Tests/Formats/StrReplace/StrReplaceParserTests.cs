using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class StrReplaceParserTests
{
    [Theory]
    [InlineData("""{"path": "a", "old_str": "x", "new_str": "y"}""")]
    [InlineData("""{"file_path": "a", "old_string": "x", "new_string": "y", "replace_all": false}""")]
    [InlineData("""[{"command": "str_replace", "path": "a", "old_str": "x", "new_str": "y"}]""")]
    public void One_edit_is_read_by_either_name_of_its_members(string json)
    {
        var file = Assert.Single(Read(json).Files);

        Assert.Equal(("a", FileOperation.Modify), (file.Path, file.Operation));
        Assert.Equal(new PatchEdit { Old = PatchContent.FromText("x"), New = PatchContent.FromText("y"), IsText = true, IsInline = true }, Assert.Single(file.Edits));
    }

    [Fact]
    public void Edits_are_made_one_after_the_other_and_an_empty_old_text_makes_a_file()
    {
        var patch = Read("""
            {"path": "a", "old_str": "x", "new_str": "y", "replace_all": true}
            {"path": "b", "old_str": "", "new_str": "all"}
            {"path": "a", "old_str": "y", "new_str": ""}
            """);

        Assert.True(patch.IsSequential);
        Assert.Equal(["a", "b", "a"], patch.Files.Select(static file => file.Path));
        Assert.Equal(EditOccurrence.All, patch.Files[0].Edits[0].Occurrence);
        Assert.Equal((FileOperation.Create, "all", false), (patch.Files[1].Operation, patch.Files[1].Content.ToString(), patch.Files[1].Overwrites));
    }

    [Theory]
    [InlineData("""{"old_str": "x", "new_str": "y"}""", 1, "'path' is missing")]
    [InlineData("""{"path": "a", "old_str": "x"}""", 1, "'new_str' is missing")]
    [InlineData("""{"path": "a", "old_str": "x", "new_str": 1}""", 42, "'new_str' must be a string")]
    [InlineData("""{"path": "a", "file_path": "b", "old_str": "x", "new_str": "y"}""", 28, "the same member")]
    [InlineData("""{"path": "a", "old_str": "", "new_str": "y", "replace_all": true}""", 61, "nothing of which every place")]
    [InlineData("""{"path": "a", "old_str": "x", "new_str": "y", "replace_all": "yes"}""", 62, "true or false")]
    [InlineData("""{"path": "a", "old_str": "x", "new_str": "y", "replaceAll": true}""", 47, "is written 'replace_all'")]
    [InlineData("""{"path": "a", "old_str": "x", "new_str": "y", "command": "insert"}""", 58, "'insert' is not read")]
    public void What_is_wrong_is_told_with_its_line_and_column(string json, int column, string words) =>
        RefuseAt(2, column, words, "\n" + json, PatchFormat.StrReplace);
}
