using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class WholeFileParserTests
{
    [Theory]
    [InlineData("src/a.cs\n```csharp\n", "```")]
    [InlineData("`src/a.cs`:\n\n```csharp\n", "```")]
    [InlineData("**src/a.cs**\n~~~~\n", "~~~~~")]
    [InlineData("### src/a.cs\n````\n", "````")]
    [InlineData("```csharp src/a.cs\n", "```")]
    [InlineData("```src/a.cs\n", "```")]
    public void A_file_is_read_whole_after_its_name(string above, string below)
    {
        var patch = Read($"Here are the files.\n\n{above}one\n\ntwo\n{below}\nRun it:\n```bash\nmake\n```\n");

        var file = Assert.Single(patch.Files);
        Assert.Equal(("src/a.cs", FileOperation.Create, true), (file.Path, file.Operation, file.Overwrites));
        Assert.Equal("one\n\ntwo\n", file.Content.ToString());
    }

    [Fact]
    public void Shorter_fences_within_a_file_belong_to_it() =>
        Assert.Equal("# Use\n```\nx\n```\n", Assert.Single(Read("README.md\n````\n# Use\n```\nx\n```\n````\n").Files).Content.ToString());

    [Theory]
    [InlineData("a.txt\n```\none\n", 2, 1, "cut off")]
    [InlineData("a.txt\n```\none\n```\nHere is more:\n```csharp\ntwo\n```\n", 6, 1, "no file name")]
    [InlineData("a.txt\n```\none\n```\na.txt\n```\ntwo\n```\n", 6, 1, "given twice")]
    [InlineData("a.cs\n```\none\n  // ... existing code ...\n```\n", 4, 1, "left out")]
    [InlineData("no fences", 1, 1, "no fenced block")]
    public void What_is_wrong_is_told_with_its_line_and_column(string reply, int line, int column, string words) =>
        RefuseAt(line, column, words, reply, PatchFormat.WholeFile);

    [Theory]
    [InlineData("In `src/a.cs`:\n```\none\n```\n")]
    [InlineData("Update src/a.cs\n```\none\n```\n")]
    [InlineData("# Then run node.js\n```\none\n```\n")]
    public void A_sentence_above_a_fence_is_no_name(string reply) => RefuseAt(2, 1, "no file name", reply, PatchFormat.WholeFile);

    [Fact]
    public void A_name_of_several_words_is_one_when_it_is_marked() => Assert.Equal("my notes/a b.txt", Assert.Single(Read("`my notes/a b.txt`\n```\none\n```\n").Files).Path);

    [Theory]
    [InlineData("Example")]
    [InlineData("Output")]
    [InlineData("and/or")]
    public void A_heading_above_a_fence_makes_no_form(string heading) => Assert.Contains("cannot be told", Refuse(heading + "\n```\none\n```\n").Message, StringComparison.Ordinal);
}
