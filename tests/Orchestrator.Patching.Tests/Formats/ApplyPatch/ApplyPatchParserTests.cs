using static Orchestrator.Patching.ParserCalls;

namespace Orchestrator.Patching;

public sealed class ApplyPatchParserTests
{
    [Fact]
    public void Every_kind_of_section_is_read_in_its_order()
    {
        var patch = Read("""
            *** Begin Patch
            *** Add File: new/a.txt
            +one
            +
            *** Delete File: gone.txt

              *** Update File: old.txt
            *** Move to: moved.txt
            @@ class A
            @@     def f():
             keep
            -out
            +in

            @@
            +last
            *** End of File
            *** Update File: old2.txt
            *** Move to: old2.txt
            -x
            +y
            *** Add File: new/a.txt
            +again
            *** End Patch
            """);

        Assert.True(patch.IsSequential);
        Assert.Equal(
            [("new/a.txt", null, FileOperation.Create), ("gone.txt", null, FileOperation.Delete), ("moved.txt", "old.txt", FileOperation.Rename),
                ("old2.txt", null, FileOperation.Modify), ("new/a.txt", null, FileOperation.Create)],
            patch.Files.Select(static file => (file.Path, file.OldPath, file.Operation)));
        Assert.Equal(PatchContent.FromText("one\n\n"), patch.Files[0].Content);
        Assert.True(patch.Files[0].Overwrites);
        var (first, second) = (patch.Files[2].Edits[0], patch.Files[2].Edits[1]);
        Assert.Equal(("class A\n    def f():", "keep\nout\n", "keep\nin\n"), (first.Anchor, first.Old.ToString(), first.New.ToString()));
        Assert.Equal((true, true, "last\n"), (second.AtEnd, second.Old.IsEmpty, second.New.ToString()));
        Assert.Equal("y\n", patch.Files[3].Edits[0].New.ToString());
    }

    [Theory]
    [InlineData("@@ -12,3 +12,4 @@", 12, null)]
    [InlineData("@@ -12,0 +13 @@ void F()", 13, null)]
    [InlineData("@@ -0,0 +1,2 @@", 1, null)]
    [InlineData("@@ void F() @@", null, "void F()")]
    [InlineData("@@ ... @@", null, null)]
    [InlineData("@@ -x", null, "-x")]
    [InlineData("@@", null, null)]
    public void A_header_names_a_line_or_a_text_to_look_for(string header, int? line, string? anchor)
    {
        var edit = Read($"*** Begin Patch\n*** Update File: a\n{header}\n-x\n+y\n*** End Patch\n").Files[0].Edits[0];

        Assert.Equal((line, anchor), (edit.Line, edit.Anchor));
    }

    [Fact]
    public void Lines_only_added_go_to_the_end_of_the_file_or_behind_what_the_header_names()
    {
        Assert.True(Edit("@@\n+x\n").AtEnd);
        Assert.False(Edit("@@ class A\n+x\n").AtEnd);
        Assert.False(Edit("@@ -3,0 +4 @@\n+x\n").AtEnd);
        Assert.Equal(4, Edit("@@ -3,0 +4 @@\n+x\n").Line);
    }

    [Fact]
    public void Empty_lines_are_context_within_a_hunk_and_nothing_behind_it()
    {
        Assert.Equal("a\n\nb\n", Edit("@@\n a\n\n-b\n+c\n\n\n").Old.ToString());
        Assert.Equal("a\n\n", Edit("@@\n-a\n+c\n \n").Old.ToString());
    }

    [Fact]
    public void Context_that_looks_like_a_marker_is_context()
    {
        var edit = Edit("@@\n *** End Patch\n *** Update File: b\n *** End of File\n @@ x\n-+\n+-\n");

        Assert.Equal("*** End Patch\n*** Update File: b\n*** End of File\n@@ x\n+\n", edit.Old.ToString());
    }

    [Theory]
    [InlineData("apply_patch <<'EOF'\n{0}\nEOF\n")]
    [InlineData("bash -lc \"apply_patch <<EOF\n{0}\nEOF\n\"")]
    [InlineData("<<'EOF'\n{0}\nEOF")]
    [InlineData("I change it so:\n\n```\n{0}\n```\nDone.\n")]
    [InlineData(" {0} \n")]
    public void The_envelope_is_found_in_what_surrounds_it(string around)
    {
        var envelope = "*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End Patch";

        Assert.Equal(Read(envelope), Read(around.Replace("{0}", envelope, StringComparison.Ordinal)));
        Assert.Equal(Read(envelope), Read((envelope + "\n").Replace("\n", "\r\n", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("*** Begin Patch\n*** Frobnicate File: x\n*** End Patch", 2, 1, "is expected here")]
    [InlineData("*** Begin Patch\n  garbage\n*** End Patch", 2, 3, "is expected here")]
    [InlineData("*** Begin Patch\n*** Add File: a\n+x\nno plus\n*** End Patch", 4, 1, "is expected here")]
    [InlineData("*** Begin Patch\n*** Update File: a\n@@\n-x\nno sign\n*** End Patch", 5, 1, "begins with ' ', '-' or '+'")]
    [InlineData("*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n*** End of File\n+z\n*** End Patch", 7, 1, "begins with '@@'")]
    [InlineData("*** Begin Patch\n*** Update File: a\n@@x\n-x\n*** End Patch", 3, 3, "After '@@'")]
    [InlineData("*** Begin Patch\n*** Update File: a\n@@\n*** End Patch", 3, 1, "hunk is empty")]
    [InlineData("*** Begin Patch\n*** Update File: a\n*** End Patch", 2, 1, "no hunk")]
    [InlineData("*** Begin Patch\n*** Update File: a\n@@\n-x\n+y\n", 1, 1, "cut off")]
    [InlineData("*** Begin Patch\n*** Delete File:  \n*** End Patch", 2, 1, "is expected here")]
    [InlineData("*** Begin Patch\n*** Delete File: a\n*** End Patch\n*** Delete File: b\n", 4, 1, "outside")]
    [InlineData("cd src && apply_patch <<'EOF'\n*** Begin Patch\n*** Delete File: a\n*** End Patch\nEOF\n", 1, 1, "changes the directory")]
    [InlineData("*** Begin Patch\n*** Begin Patch\n*** End Patch", 2, 1, "is expected here")]
    [InlineData("nothing", 1, 1, "no line '*** Begin Patch'")]
    public void What_is_wrong_is_told_with_its_line_and_column(string patch, int line, int column, string words) =>
        RefuseAt(line, column, words, patch, PatchFormat.ApplyPatch);

    [Fact]
    public void An_envelope_without_files_is_empty() => Assert.Equal(PatchConflictCode.Empty, Refuse("*** Begin Patch\n*** End Patch\n").Code);

    private static PatchEdit Edit(string hunk) => Assert.Single(Read($"*** Begin Patch\n*** Update File: a\n{hunk}*** End Patch\n").Files[0].Edits);
}
