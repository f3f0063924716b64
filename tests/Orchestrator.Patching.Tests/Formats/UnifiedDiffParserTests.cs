using System.Text;

namespace Orchestrator.Patching;

public sealed class UnifiedDiffParserTests
{
    private readonly PatchManager _manager = new();

    [Theory]
    [InlineData("--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n one\n-two\n", 5, PatchConflictCode.Malformed)]
    [InlineData("--- a/a\n+++ b/a\n@@ -1 +1 @@\n-one\n+two\nthree\n", 6, PatchConflictCode.Malformed)]
    [InlineData("--- a/a\n+++ b/a\n@@ --1,3 +1,3 @@\n one\n", 3, PatchConflictCode.Malformed)]
    [InlineData("--- a/a\n+++ b/a\n1s/one/two/\n", 3, PatchConflictCode.Malformed)]
    [InlineData("--- a/a\n+++ b/a\n@@ -1 +1 @@\n one\n", 3, PatchConflictCode.Malformed)]
    [InlineData("diff --git a/a b/a\nold mode 100644\nnew mode 104755\n", 3, PatchConflictCode.OperationRefused)]
    [InlineData("diff --git a/a b/a\nBinary files a/a and b/a differ\n", 2, PatchConflictCode.OperationRefused)]
    [InlineData("diff --git a/a b/a\nnew file mode 100644\nGIT binary patch\nliteral 5\nzzz\n\n", 5, PatchConflictCode.Malformed)]
    [InlineData("--- \"a/\\303\\050\"\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", 1, PatchConflictCode.PathRefused)]
    [InlineData("hello\n", 1, PatchConflictCode.Malformed)]
    [InlineData(" \n", 1, PatchConflictCode.Empty)]
    [InlineData("{\"task_id\":\"t\",\n\"files\":[{]}", 2, PatchConflictCode.Malformed)]
    [InlineData("{\"version\":99,\"task_id\":\"t\",\"files\":[]}", 1, PatchConflictCode.Malformed)]
    public void A_patch_that_cannot_be_read_names_the_line(string patch, int line, PatchConflictCode code)
    {
        var error = _manager.Parse(Encoding.UTF8.GetBytes(patch), "task").Error;

        Assert.NotNull(error);
        Assert.Equal((code, line), (error.Code, error.Line!.Value));
    }

    [Fact]
    public void A_hunk_keeps_carriage_returns_and_the_missing_newline_at_the_end()
    {
        var patch = _manager.Read("--- a/a\n+++ b/a\n@@ -4,2 +4,2 @@ heading\n x\r\n-y\n\\ No newline at end of file\n+z\r\n");

        var edit = patch.Files.Single().Edits.Single();
        Assert.Equal(("x\r\ny", "x\r\nz\r\n"), (edit.Old.ToString(), edit.New.ToString()));
        Assert.Equal((4, true), (edit.Line!.Value, edit.AtEnd));
    }

    [Theory]
    [InlineData("diff --git a/x y b/x y\nold mode 100644\nnew mode 100755\n", FileOperation.Modify, "x y", null)]
    [InlineData("diff --git x y x y\nold mode 100644\nnew mode 100755\n", FileOperation.Modify, "x y", null)]
    [InlineData("diff --git a/b c/b\nnew file mode 100644\n", FileOperation.Create, "b", null)]
    [InlineData("diff --git \"a/\\303\\244\" \"b/\\303\\244\"\ndeleted file mode 100644\n", FileOperation.Delete, "ä", null)]
    [InlineData("diff --git a/old b/new\nsimilarity index 100%\nrename from old\nrename to new\n", FileOperation.Rename, "new", "old")]
    [InlineData("diff --git a/old b/new\nsimilarity index 100%\ncopy from old\ncopy to new\n", FileOperation.Copy, "new", "old")]
    [InlineData("--- old.c\t2020-01-01 10:00:00\n+++ old.c\t2020-01-01 10:00:01\n@@ -1 +1 @@\n-a\n+b\n", FileOperation.Modify, "old.c", null)]
    [InlineData("--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+b\n", FileOperation.Create, "n.c", null)]
    public void Headers_give_operation_and_paths(string diff, FileOperation operation, string path, string? oldPath)
    {
        var file = _manager.Read(diff).Files.Single();

        Assert.Equal((operation, path, oldPath), (file.Operation, file.Path, file.OldPath));
    }

    [Theory]
    [InlineData(1, 100, 1000, "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-a\n+b\n")]
    [InlineData(9, 1, 1000, "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+b\n@@ -5 +5 @@\n-a\n+b\n")]
    public void More_than_the_limits_is_refused(int files, int edits, int line, string diff)
    {
        var manager = new PatchManager(new PatchOptions { MaxFiles = files, MaxEdits = edits, MaxLineBytes = line });

        Assert.Equal(PatchConflictCode.TooLarge, manager.Parse(Encoding.UTF8.GetBytes(diff), "task").Error!.Code);
        Assert.Equal(PatchConflictCode.TooLarge, manager.Parse(Encoding.UTF8.GetBytes(diff + new string('x', 2000)), "task").Error!.Code);
    }

    [Fact]
    public void A_patch_set_as_json_is_read_for_the_task_that_is_given()
    {
        var patch = _manager.Read("""{"task_id":"other","files":[{"path":"a","operation":"modify","edits":[{"old":"x","new":"y"}]}]}""");

        Assert.Equal("task", patch.TaskId);
        Assert.Equal("y", patch.Files.Single().Edits.Single().New.ToString());
    }

    [Fact]
    public void A_mark_before_a_diff_hides_none_of_its_headers()
    {
        var file = Assert.Single(ParserCalls.Read("\uFEFFdiff --git a/x b/x\nold mode 100644\nnew mode 100755\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n").Files);

        Assert.Equal(PatchFileMode.Executable, file.NewMode);
    }

    [Fact]
    public void A_hunk_behind_a_line_that_looks_like_a_signature_is_not_lost()
    {
        var file = Assert.Single(ParserCalls.Read("--- a/x\n+++ b/x\n@@ -2,1 +2,1 @@\n a\n-b\n--\n@@ -5,1 +5,1 @@\n-e\n+E\n").Files);

        Assert.Equal(["a\nb\n-\n", "e\n"], file.Edits.Select(static edit => edit.Old.ToString()));
    }

    [Theory]
    [InlineData("```diff\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+A\n```\nand\n```diff\n@@ -5 +5 @@\n-e\n+E\n```\n", 10)]
    [InlineData("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+A\n-- \n2.39\n\n@@ -5 +5 @@\n-e\n+E\n", 9)]
    public void A_hunk_in_the_words_behind_a_diff_is_refused(string patch, int line) => ParserCalls.RefuseAt(line, 1, "belongs to no file", patch, PatchFormat.UnifiedDiff);
}
