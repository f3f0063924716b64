using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class AIPatchParserTests
{
    private const string Hash = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_path_of_an_agent_on_Windows_is_read_as_it_is_meant() =>
        Assert.Equal("src/a.cs", Assert.Single(ParserCalls.Read("""{"file": "src\\a.cs", "operation": "append", "block": "x"}""").Files).Path);

    [Fact]
    public void Every_operation_becomes_an_edit_at_its_lines()
    {
        var patch = Read($$"""
            [
              {"task_id": "t1", "file": "a.cs", "operation": "append", "block": "end"},
              {"task_id": "t1", "file": "a.cs", "operation": "replace-block", "start": 3, "end": 4, "block": "x\ny\n", "expect": "c\nd", "base_hash": "{{Hash}}"},
              {"task_id": "t1", "file": "a.cs", "operation": "insert-before", "line": 2, "block": "b0\n"},
              {"task_id": "t1", "file": "b.cs", "operation": "insert-after", "line": 7, "block": "after"},
              {"task_id": "t1", "file": "a.cs", "operation": "replace-block", "start": 6, "end": 6, "block": ""}
            ]
            """);

        Assert.Equal("task", patch.TaskId);
        Assert.False(patch.IsSequential);
        Assert.Equal(["a.cs", "b.cs"], patch.Files.Select(static file => file.Path));
        Assert.Equal(Hash, patch.Files[0].BaseHash);
        var edits = patch.Files[0].Edits;
        Assert.Equal([TextRange.Lines(2, 1), TextRange.Lines(3, 4), TextRange.Lines(6, 6), null], edits.Select(static edit => edit.Range));
        Assert.Equal(["b0\n", "x\ny\n", "", "end\n"], edits.Select(static edit => edit.New.ToString()));
        Assert.Equal(["", "c\nd\n", "", ""], edits.Select(static edit => edit.Old.ToString()));
        Assert.All(edits, static edit => Assert.True(edit.IsText));
        Assert.Equal([false, false, false, true], edits.Select(static edit => edit.AtEnd));
        Assert.Equal(TextRange.Lines(8, 7), patch.Files[1].Edits[0].Range);
    }

    [Fact]
    public void An_insertion_that_expects_a_line_replaces_the_line_by_itself_and_the_block()
    {
        var patch = Read("""
            {"file": "a", "operation": "insert-before", "line": 4, "block": "new", "expect": "four"}
            {"file": "a", "operation": "insert-after", "line": 9, "block": "new", "expect": "eight\nnine"}
            """);

        var (before, after) = (patch.Files[0].Edits[0], patch.Files[0].Edits[1]);
        Assert.Equal(("four\n", "new\nfour\n", TextRange.Lines(4, 4)), (before.Old.ToString(), before.New.ToString(), before.Range!.Value));
        Assert.Equal(("eight\nnine\n", "eight\nnine\nnew\n", TextRange.Lines(8, 9)), (after.Old.ToString(), after.New.ToString(), after.Range!.Value));
    }

    [Fact]
    public void A_block_is_found_by_what_it_expects_when_no_lines_are_given()
    {
        var edit = Read("""{"file": "a", "operation": "replace-block", "block": "new", "expect": "old"}""").Files[0].Edits[0];

        Assert.Null(edit.Range);
        Assert.Equal("old\n", edit.Old.ToString());
    }

    [Fact]
    public void The_metadata_of_all_operations_is_one_with_the_least_confidence()
    {
        var metadata = Read("""
            {"file": "a", "operation": "append", "block": "x", "metadata": {"provider": "claude", "confidence": 0.9, "model": "m"}}
            {"file": "a", "operation": "append", "block": "y", "metadata": {"provider": "claude", "confidence": 0.4}}
            """).Metadata;

        Assert.Equal(new PatchMetadata { Provider = "claude", Model = "m", Confidence = 0.4 }, metadata);
    }

    [Theory]
    [InlineData("Here it is:\n\n```json\n{0}\n```\n\nThis does it. Use {braces} and [brackets] as you like.\n")]
    [InlineData("I looked at the settings:\n```json\n{\"name\": \"x\"}\n```\nand so:\n{0}\nDone.")]
    [InlineData("{\n not json\n}\n{0}\n")]
    [InlineData("\uFEFF[{0}]")]
    [InlineData("{0}\n\n{0}")]
    [InlineData("{0} {0}\n")]
    public void Operations_are_found_in_a_reply(string reply)
    {
        var text = reply.Replace("{0}", """{"file": "a", "operation": "append", "block": "x"}""", StringComparison.Ordinal);

        Assert.All(Read(text).Files, static file => Assert.Equal("a", file.Path));
        Assert.Equal(Read(text), Read(text, PatchFormat.AIPatch));
    }

    [Theory]
    [InlineData("""{"operation": "append", "block": "x"}""", 1, "'file' is missing")]
    [InlineData("""{"file": "a", "operation": "append"}""", 1, "'block' is missing")]
    [InlineData("""{"file": "a", "operation": "append", "block": ""}""", 47, "is empty")]
    [InlineData("""{"file": "a", "operation": "delete", "block": ""}""", 28, "'delete' is no operation")]
    [InlineData("""{"file": "a", "operation": "replace-block", "start": 2, "block": ""}""", 1, "'end' is missing")]
    [InlineData("""{"file": "a", "operation": "replace-block", "block": "x"}""", 1, "'start' and 'end' are missing")]
    [InlineData("""{"file": "a", "operation": "replace-block", "start": 3, "end": 2, "block": ""}""", 64, "before 'start'")]
    [InlineData("""{"file": "a", "operation": "replace-block", "start": 0, "end": 2, "block": ""}""", 54, "at least 1")]
    [InlineData("""{"file": "a", "operation": "replace-block", "start": 1.5, "end": 2, "block": ""}""", 54, "whole number")]
    [InlineData("""{"file": "a", "operation": "replace-block", "start": 99999999999, "end": 2, "block": ""}""", 54, "whole number")]
    [InlineData("""{"file": "a", "operation": "insert-after", "block": "x"}""", 1, "'line' is missing")]
    [InlineData("""{"file": "a", "operation": "insert-after", "line": 1, "end": 3, "block": "x"}""", 62, "does not belong")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x", "baseHash": "0"}""", 52, "is written 'base_hash'")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x", "base_hash": "0"}""", 65, "64 hexadecimal digits")]
    [InlineData("""{"file": "é😀", "operation": "append", "block": 7}""", 49, "'block' must be a string")]
    [InlineData("""{"file": "", "operation": "append", "block": "x"}""", 10, "empty")]
    [InlineData("""{"file": "a", "file": "b", "operation": "append", "block": "x"}""", 15, "twice")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x", "version": 2}""", 63, "has version 2")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x", "metadata": {"confidence": 2}}""", 79, "from 0 to 1")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x", "metadata": {"provider": "a b"}}""", 77, "no name")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x"} x""", 52, "no JSON follows")]
    [InlineData("""{"file": "a", "operation": "append", "block": "\ud800"}""", 47, "surrogate")]
    [InlineData("""{"file": "a", "operation": "append", "block": "x",}""", 51, "cannot be read")]
    public void What_is_wrong_is_told_with_its_line_and_column(string operation, int column, string words) =>
        RefuseAt(3, column, words, "Sure:\n\n" + operation + "\n", PatchFormat.AIPatch);

    [Theory]
    [InlineData("task_id", "\"t1\"", "\"t2\"")]
    [InlineData("base_hash", "\"" + Hash + "\"", "\"1123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef\"")]
    [InlineData("metadata", "{\"provider\": \"a\"}", "{\"provider\": \"b\"}")]
    [InlineData("metadata", "{\"model\": \"a\"}", "{\"model\": \"b\"}")]
    public void Operations_that_contradict_each_other_are_refused(string member, string first, string second)
    {
        string Operation(string value) => $$"""{"file": "a", "operation": "append", "block": "x", "{{member}}": {{value}}}""" + "\n";

        Assert.Contains("differ", Refuse(Operation(first) + Operation(second)).Message, StringComparison.Ordinal);
        Assert.Single(Read(Operation(first) + Operation(first)).Files);
    }

    [Fact]
    public void Limits_hold_for_operations_and_files()
    {
        var three = string.Concat(Enumerable.Range(0, 3).Select(static i => $$"""{"file": "f{{i}}", "operation": "append", "block": "x"}""" + "\n"));

        Assert.Equal(PatchConflictCode.TooLarge, Refuse(three, options: new PatchOptions { MaxEdits = 2 }).Code);
        Assert.Equal(PatchConflictCode.TooLarge, Refuse(three, options: new PatchOptions { MaxFiles = 2 }).Code);
        Assert.Equal(3, Read(three, options: new PatchOptions { MaxFiles = 3, MaxEdits = 3 }).Files.Count);
        var deep = "{\"file\": \"a\", \"operation\": \"append\", \"block\": " + new string('[', 40) + new string(']', 40) + "}";
        Assert.Equal(PatchConflictCode.Malformed, Refuse(deep).Code);
        var many = "{\"operation\": 1, \"x\": [" + string.Join(',', Enumerable.Repeat("0", 20_000)) + "]}";
        Assert.Equal(PatchConflictCode.TooLarge, Refuse(many, options: new PatchOptions { MaxEdits = 2 }).Code);
    }
}
