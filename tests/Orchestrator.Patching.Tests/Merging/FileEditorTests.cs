using System.Text;
using static Orchestrator.Patching.MatchCalls;

namespace Orchestrator.Patching;

public sealed class FileEditorTests
{
    private const string Base = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n";

    [Fact]
    public void Lines_by_number_follow_the_base_into_a_changed_file()
    {
        var result = Edit(Base, "zero\n" + Base, Numbered(6, 6, "SIX\n"));

        Assert.Equal("zero\none\ntwo\nthree\nfour\nfive\nSIX\nseven\n", Text(result));
        Assert.True(result.IsMerged);
    }

    [Fact]
    public void An_edit_whose_context_changed_since_the_base_is_merged()
    {
        var result = Edit(Base, Base.Replace("one", "ONE", StringComparison.Ordinal), Bytes("one\ntwo\nthree\nfour\n", "one\ntwo\nthree\n4\n", 1));

        Assert.Equal("ONE\ntwo\nthree\n4\nfive\nsix\nseven\n", Text(result));
        Assert.True(result.IsMerged);
    }

    [Fact]
    public void A_change_of_the_same_line_is_a_conflict_with_both_sides()
    {
        var conflict = Refused(Edit(Base, Base.Replace("three", "drei", StringComparison.Ordinal), Bytes("two\nthree\nfour\n", "two\n3\nfour\n", 2)));

        Assert.Equal((PatchConflictCode.MergeConflict, 3, "3\n", "drei\n"), (conflict.Code, conflict.Line!.Value, conflict.Expected, conflict.Actual));
        Assert.Equal("main", conflict.Diagnosis!.StaleSince);
    }

    [Fact]
    public void A_base_with_other_line_ends_is_merged_all_the_same()
    {
        var current = ("zero\n" + Base).ReplaceLineEndings("\r\n");

        Assert.Equal(current.Replace("six", "SIX", StringComparison.Ordinal), Text(Edit(Base, current, Numbered(6, 6, "SIX\n"))));
    }

    [Fact]
    public void A_file_that_is_its_base_is_edited_directly()
    {
        var result = Edit(Base, Base, Numbered(1, 1, "1\n"));

        Assert.False(result.IsMerged);
        Assert.StartsWith("1\ntwo\n", Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public void The_blob_of_the_patch_is_the_base()
    {
        var editor = new FileEditor(new PatchOptions(), new OneBase("other\n", Base));
        var file = new FilePatch { Path = "a.txt", Operation = FileOperation.Modify, BaseBlob = "abc123", Edits = [Numbered(2, 2, "2\n")] };

        Assert.Equal("zero\none\n2\nthree\nfour\nfive\nsix\nseven\n", Text(editor.Apply(file, Encoding.UTF8.GetBytes("zero\n" + Base))));
    }

    private static EditResult Edit(string before, string current, params PatchEdit[] edits) =>
        new FileEditor(new PatchOptions(), new OneBase(before, null)).Apply(
            new FilePatch { Path = "a.txt", Operation = FileOperation.Modify, Edits = edits.ToValueList() }, Encoding.UTF8.GetBytes(current));

    private sealed class OneBase(string file, string? blob) : IPatchBase
    {
        public string Name => "main";

        public PatchContent? ReadFile(string path) => PatchContent.FromText(file);

        public PatchContent? ReadBlob(string blobId) => blob is null ? null : PatchContent.FromText(blob);
    }

    [Fact]
    public void Where_the_base_has_the_place_twice_the_copy_that_is_left_is_not_taken_for_it()
    {
        const string Copy = "x\ny\nz\n";
        var edit = Bytes(Copy, "x\nY\nz\n", 6);

        Assert.Equal(PatchConflictCode.MergeConflict, Refused(Edit($"{Copy}1\n2\n{Copy}3\n", $"{Copy}1\n2\n3\n", edit)).Code);
        Assert.Equal($"0\n{Copy}1\n2\nx\nY\nz\n3\n", Text(Edit($"{Copy}1\n2\n{Copy}3\n", $"0\n{Copy}1\n2\n{Copy}3\n", edit)));
    }
}
