using System.Text;

namespace Orchestrator.Patching;

public sealed class HunkReaderTests
{
    private const string Names = "--- a/a\n+++ b/a\n";

    private readonly PatchManager _manager = new();

    [Theory]
    [InlineData("@@ -1,9 +1,9 @@\n one\n-two\n+2\n three\n", "one\ntwo\nthree\n", "one\n2\nthree\n")]
    [InlineData("@@ -1,2 +1,1 @@\n one\n-two\n+2\n three\n", "one\ntwo\nthree\n", "one\n2\nthree\n")]
    [InlineData("@@ -1 +1 @@\n-one\n+1\n+1.5\n", "one\n", "1\n1.5\n")]
    [InlineData("@@ -1,3 +1,3 @@\n one\n\n-two\n+2\n", "one\n\ntwo\n", "one\n\n2\n")]
    [InlineData("@@ -1,4 +1,4 @@\n one\n-two\n+2\n\n\n", "one\ntwo\n\n\n", "one\n2\n\n\n")]
    [InlineData("@@ -1,2 +1,2 @@\n one\n-two\n+2\n\n\n", "one\ntwo\n", "one\n2\n")]
    [InlineData("@@ -1,1 +1,1 @@\n one\n\n-two\n+2\n", "one\n\ntwo\n", "one\n\n2\n")]
    [InlineData("@@ -1,2 +1,2 @@\n---- two\n-x\n+++ y\n+z\n", "--- two\nx\n", "++ y\nz\n")]
    [InlineData("@@ -1,1 +1,1 @@\n--- two\n+++ y\n", "-- two\n", "++ y\n")]
    [InlineData("@@ -1,2 +1,1 @@\n one\n-- \n", "one\n- \n", "one\n")]
    [InlineData("@@ -1,9 +1,9 @@\n one\n-two\n+2\n three\n-- \n2.43.0\n\n", "one\ntwo\nthree\n", "one\n2\nthree\n")]
    [InlineData("@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n-- \n2.43.0\n\n", "one\ntwo\nthree\n", "one\n2\nthree\n")]
    [InlineData("@@ ... @@\n one\n-two\n+2\n", "one\ntwo\n", "one\n2\n")]
    [InlineData("@@ -1,2 +1,2 @@\n-two\n\\ No newline at end of file\n+2\n\\ No newline at end of file\n", "two", "2")]
    [InlineData("@@ -1,2 +1,2 @@\r\n one\r\n-two\r\n+2\r\n", "one\ntwo\n", "one\n2\n")]
    [InlineData("@@ -1,2 +1,2 @@\n one\r\n-two\r\n+2\r\n", "one\r\ntwo\r\n", "one\r\n2\r\n")]
    [InlineData("@@ -1,2 +1,2 @@\r\n one\r\r\n-two\r\n+2\r\n\\ No newline at end of file\r\n", "one\r\ntwo\n", "one\r\n2")]
    public void The_body_says_what_the_hunk_is_and_the_counts_are_advice(string hunk, string old, string @new)
    {
        var edit = _manager.Read(Names + hunk).Files.Single().Edits.Single();

        Assert.Equal((old, @new), (edit.Old.ToString(), edit.New.ToString()));
    }

    [Fact]
    public void A_new_file_keeps_all_its_lines_when_the_header_counts_too_few()
    {
        var file = _manager.Read("diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n+1\n+2\n+3\n+4\n").Files.Single();

        Assert.Equal("1\n2\n3\n4\n", file.Content.ToString());
    }

    [Fact]
    public void A_hunk_with_wrong_counts_ends_where_the_next_hunk_or_file_begins()
    {
        var files = _manager.Read(Names + "@@ -1,7 +1,9 @@\n one\n-two\n@@ -9,9 +9 @@\n-nine\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n").Files;

        Assert.Equal(["a", "b"], files.Select(static file => file.Path));
        Assert.Equal(["one\ntwo\n", "nine\n"], files[0].Edits.Select(static edit => edit.Old.ToString()));
    }

    [Theory]
    [InlineData("@@ -1,3 +1,3 @@\n one\n-two\n+2\nthree\n", 7, 1)]
    [InlineData("@@ -1,3 +1,3 @@\n one\n-two\n+2\n\nthree\n", 8, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\nThat is all.\n", 6, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\n\nThat is all.\n", 7, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\nlost\n+2\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-x\n+y\n", 7, 1)]
    [InlineData("@@ -1,3 +1,3 @@\n one\n-two", 5, 5)]
    [InlineData("@@ -1,3 +1,x @@\n one\n-two", 3, 12)]
    [InlineData("@@ -1,99999999999 +1,1 @@\n one\n-two", 3, 7)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\n\\ No newline at end of file\n+2\n", 7, 1)]
    [InlineData("@@ -1 +1 @@\n\\ No newline at end of file\n-one\n+2\n", 4, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\n@@@ -1,2 -1,2 +1,2 @@@\n", 6, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\nOnly in b: new\n", 6, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\nBinary files a/x and b/x differ\n", 6, 1)]
    [InlineData("@@ -1 +1 @@\n-one\n+1\n\n5,6d\n", 7, 1)]
    public void What_cannot_belong_to_the_hunk_is_an_error_at_its_line_and_column(string hunk, int line, int column)
    {
        var error = _manager.Parse(Encoding.UTF8.GetBytes(Names + hunk), "task", PatchFormat.UnifiedDiff).Error;

        Assert.NotNull(error);
        Assert.Equal((line, column), (error.Line!.Value, error.Column!.Value));
    }

    [Theory]
    [InlineData("1c1\n< one\n---\n> two\n", "Normal diffs")]
    [InlineData("*** a\n--- b\n***************\n*** 1 ****\n! one\n--- 1 ----\n! two\n", "Context diffs")]
    [InlineData("1d\n", "Ed scripts")]
    [InlineData("diff --cc a\nindex 1,2..3\n", "Combined diffs")]
    [InlineData("@@ -1 +1 @@\n-one\n+two\n", "belongs to no file")]
    public void Other_forms_of_diff_are_refused_by_name(string diff, string message)
    {
        var error = _manager.Parse(Encoding.UTF8.GetBytes(diff), "task", PatchFormat.UnifiedDiff).Error;

        Assert.Contains(message, error!.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (error.Line!.Value, error.Column!.Value));
    }

    [Fact]
    public void Mail_around_diffs_is_no_part_of_them()
    {
        const string Mail = "From 123 Mon Sep 17 00:00:00 2001\nSubject: [PATCH] x\n\n- a point\n+ another\n---\n a | 2 +-\n\ndiff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+1\n-- \n2.43.0\n\n";

        Assert.Equal(2, _manager.Read(Mail + Mail.Replace("a/a b/a", "a/b b/b", StringComparison.Ordinal).Replace("a/a\n+++ b/a", "a/b\n+++ b/b", StringComparison.Ordinal)).Files.Count);
    }

    [Theory]
    [InlineData("diff --git i/x w/x\n--- i/x\n+++ w/x\n@@ -1 +1 @@\n-a\n+b\n", null, "x")]
    [InlineData("diff --git dir/x dir/x\n--- dir/x\n+++ dir/x\n@@ -1 +1 @@\n-a\n+b\n", null, "dir/x")]
    [InlineData("diff --git a/x b/x\n--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", null, "x")]
    [InlineData("diff --git old/x newer/x\nold mode 100644\nnew mode 100755\n", null, "x")]
    [InlineData("diff --git foo/b bar/b\nsimilarity index 50%\nrename from foo/b\nrename to bar/b\n--- foo/b\n+++ bar/b\n@@ -1 +1 @@\n-a\n+b\n", null, "bar/b")]
    [InlineData("--- one/two/three/x\n+++ one/two/three/x\n@@ -1 +1 @@\n-a\n+b\n", 2, "three/x")]
    [InlineData("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 0, null)]
    [InlineData("--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", 1, null)]
    public void Prefixes_are_recognised_or_as_many_components_taken_off_as_the_option_says(string diff, int? strip, string? path)
    {
        var result = new PatchManager(new PatchOptions { StripComponents = strip }).Parse(Encoding.UTF8.GetBytes(diff), "task");

        Assert.Equal(path, result.Patch?.Files.Single().Path);
    }

    [Theory]
    [InlineData("index 3367afd..3e75765 100644", "3367afd")]
    [InlineData("index 0000000..3e75765", null)]
    [InlineData("index xxxxxxx..yyyyyyy 100644", null)]
    public void The_index_line_names_the_base_when_it_is_one(string index, string? blob) =>
        Assert.Equal(blob, _manager.Read($"diff --git a/x b/x\n{index}\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n").Files.Single().BaseBlob);

    [Fact]
    public void A_title_of_many_spaces_is_read_in_bounded_time()
    {
        var title = string.Concat(Enumerable.Repeat("a ", 8000));

        Assert.NotNull(_manager.Parse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"diff --git {title}\n", 200))), "task").Error);
    }

    [Fact]
    public void A_patch_whose_bytes_change_after_it_was_read_is_never_read_beyond_its_hunk()
    {
        var bytes = Encoding.UTF8.GetBytes(Names + "@@ -1,2 +1,2 @@\n one\n-two\n+2\n");
        var edit = _manager.Read(bytes).Files.Single().Edits.Single();

        bytes.AsSpan().Replace((byte)'-', (byte)'+');

        Assert.Throws<InvalidOperationException>(() => edit.Old.ToString());
    }
}
