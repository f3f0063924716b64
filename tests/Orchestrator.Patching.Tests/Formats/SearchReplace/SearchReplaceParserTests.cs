using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class SearchReplaceParserTests
{
    private const string Block = "<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n";

    [Theory]
    [InlineData("src/a.cs\n")]
    [InlineData("src/a.cs\n```csharp\n")]
    [InlineData("`src/a.cs`:\n````\n")]
    [InlineData("### src/a.cs\n~~~\nsrc/a.cs\n")]
    [InlineData("**src/a.cs**\n<source>csharp\n")]
    [InlineData("```csharp\nsrc/a.cs\n")]
    [InlineData("```src/a.cs\n")]
    [InlineData("```\nsrc/a.cs\n```\n```csharp\n")]
    public void The_name_of_the_file_is_found_above_the_block(string above)
    {
        var file = Assert.Single(Read("Change it:\n\n" + above + Block, PatchFormat.SearchReplace).Files);

        Assert.Equal(("src/a.cs", "old\n", "new\n"), (file.Path, file.Edits[0].Old.ToString(), file.Edits[0].New.ToString()));
        Assert.True(file.Edits[0].IsText);
    }

    [Fact]
    public void Blocks_of_one_file_are_one_patch_and_a_block_with_nothing_to_search_makes_a_file()
    {
        var patch = Read($"a.txt\n{Block}\nand\n\n{Block}\nb.txt\n<<<<<<< SEARCH\n=======\nall\n>>>>>>> REPLACE\n\nb.txt\n{Block}");

        Assert.Equal(
            [("a.txt", FileOperation.Modify, 2), ("b.txt", FileOperation.Create, 0), ("b.txt", FileOperation.Modify, 1)],
            patch.Files.Select(static file => (file.Path, file.Operation, file.Edits.Count)));
        Assert.Equal("all\n", patch.Files[1].Content.ToString());
        Assert.False(patch.Files[1].Overwrites);
    }

    [Fact]
    public void A_reply_carried_with_carriage_returns_is_read_without_them_and_lines_that_hold_one_keep_it()
    {
        var carried = Read("a.txt\r\n" + Block.Replace("\n", "\r\n", StringComparison.Ordinal));
        var held = Read("a.txt\n" + Block.Replace("old\n", "old\r\n", StringComparison.Ordinal));

        Assert.Equal("old\n", carried.Files[0].Edits[0].Old.ToString());
        Assert.Equal("old\r\n", held.Files[0].Edits[0].Old.ToString());
    }

    [Theory]
    [InlineData("a.txt\n<<<<<<< SEARCH\nold\n", 2, 1, "'=======' is expected before the end")]
    [InlineData("a.txt\n<<<<<<< SEARCH\nold\n=======\nnew\n", 2, 1, "'>>>>>>> REPLACE' is expected before the end")]
    [InlineData("a.txt\n<<<<<<< SEARCH\nold\n<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n", 4, 1, "'=======' is expected before this line")]
    [InlineData("a.txt\n<<<<<<< SEARCH\nold\n=======\nTitle\n=======\nText\n>>>>>>> REPLACE\n", 6, 1, "'>>>>>>> REPLACE' is expected before this line")]
    [InlineData("Well, here is what I would do\n<<<<<<< SEARCH\nold\n=======\n>>>>>>> REPLACE\n", 2, 1, "name of the file is missing")]
    [InlineData("a.txt\n>>>>>>> REPLACE\n", 2, 1, "without a begin")]
    [InlineData("nothing", 1, 1, "no line '<<<<<<< SEARCH'")]
    public void What_is_wrong_is_told_with_its_line_and_column(string reply, int line, int column, string words) =>
        RefuseAt(line, column, words, reply, PatchFormat.SearchReplace);

    [Fact]
    public void Limits_hold_for_blocks_and_files()
    {
        var reply = $"a.txt\n{Block}\na.txt\n{Block}\nb.txt\n{Block}";

        Assert.Equal(PatchConflictCode.TooLarge, Refuse(reply, options: new PatchOptions { MaxEdits = 2 }).Code);
        Assert.Equal(PatchConflictCode.TooLarge, Refuse(reply, options: new PatchOptions { MaxFiles = 1 }).Code);
        Assert.Equal(PatchConflictCode.TooLarge, Refuse("a.txt\n" + Block.Replace("old", new string('x', 1001), StringComparison.Ordinal), options: new PatchOptions { MaxLineBytes = 1000 }).Code);
    }
}
