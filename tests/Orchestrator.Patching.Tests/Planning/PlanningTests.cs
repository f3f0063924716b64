using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class PlanningTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly PatchManager _manager = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task Text_in_several_places_lists_them_all()
    {
        _root.Write("a.txt", "x\ny\nx\ny\nx\n");

        var conflict = await ConflictAsync("--- a/a.txt\n+++ b/a.txt\n@@ -9 +9 @@\n-x\n+z\n");

        Assert.Equal(PatchConflictCode.Ambiguous, conflict.Code);
        Assert.Equal([1, 3, 5], conflict.Candidates);
    }

    [Fact]
    public async Task Text_that_is_nowhere_names_the_first_line_that_differs()
    {
        _root.Write("a.txt", PatchSample.Lines(20));

        var conflict = await ConflictAsync("--- a/a.txt\n+++ b/a.txt\n@@ -3,4 +3,4 @@\n line 9\n line 10\n-line XI\n+line 99\n line 12\n");

        Assert.Equal((PatchConflictCode.ContextNotFound, 11), (conflict.Code, conflict.Line!.Value));
        Assert.StartsWith("line XI\n", conflict.Expected, StringComparison.Ordinal);
        Assert.StartsWith("line 11\n", conflict.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drifted_hunk_is_found_and_carries_the_next_ones_along()
    {
        _root.Write("a.txt", "new\nnew\n" + PatchSample.Lines(5) + "same\nsame\nsame\n");

        var result = await _manager.ApplyAsync(_root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -3 +3 @@\n-line 3\n+LINE 3\n@@ -7 +7 @@\n-same\n+SAME\n");

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.Equal("new\nnew\nline 1\nline 2\nLINE 3\nline 4\nline 5\nsame\nSAME\nsame\n", await File.ReadAllTextAsync(_root.Combine("a.txt"), Token));
    }

    [Theory]
    [InlineData("diff --git a/gone b/gone\nold mode 100644\nnew mode 100755\n", PatchConflictCode.FileMissing)]
    [InlineData("--- /dev/null\n+++ b/a.txt\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.FileExists)]
    [InlineData("--- /dev/null\n+++ b/dir\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.NotAFile)]
    [InlineData("--- /dev/null\n+++ b/a.txt/x\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.NotAFile)]
    [InlineData("--- /dev/null\n+++ b/A.TXT\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.PathCollision)]
    [InlineData("--- /dev/null\n+++ b/DIR/x\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.PathCollision)]
    [InlineData("--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n--- /dev/null\n+++ b/N\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.PathCollision)]
    [InlineData("--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n--- /dev/null\n+++ b/n/m\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.PathCollision)]
    [InlineData("diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n", PatchConflictCode.FileExists)]
    [InlineData("--- a/link/x\n+++ b/link/x\n@@ -1 +1 @@\n-x\n+y\n", PatchConflictCode.NotAFile)]
    [InlineData("--- /dev/null\n+++ b/link/n\n@@ -0,0 +1 @@\n+x\n", PatchConflictCode.NotAFile)]
    [InlineData("--- a/filelink\n+++ b/filelink\n@@ -1 +1 @@\n-a\n+y\n", PatchConflictCode.NotAFile)]
    [InlineData("--- a/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n", PatchConflictCode.BaseMismatch)]
    [InlineData("{\"task_id\":\"t\",\"files\":[]}", PatchConflictCode.Empty)]
    [InlineData("{\"task_id\":\"t\",\"files\":[{\"path\":\"a.txt\",\"operation\":\"modify\",\"base_hash\":\"00\",\"content\":\"x\"}]}", PatchConflictCode.BaseMismatch)]
    [InlineData("{\"task_id\":\"t\",\"files\":[{\"path\":\"a.txt\",\"operation\":\"modify\",\"edits\":[{\"old\":\"a\\n\",\"new\":\"x\"},{\"old\":\"a\",\"new\":\"y\"}]}]}", PatchConflictCode.Overlap)]
    public async Task What_does_not_fit_the_tree_is_refused_before_anything_is_written(string patch, PatchConflictCode code)
    {
        _root.Write("a.txt", "a\n");
        _root.Write("b.txt", "b\n");
        _root.Write("dir/x", "x\n");
        Directory.CreateSymbolicLink(_root.Combine("link"), "dir");
        File.CreateSymbolicLink(_root.Combine("filelink"), "a.txt");

        Assert.Equal(code, (await ConflictAsync(patch)).Code);
    }

    [Fact]
    public async Task A_file_that_moves_and_becomes_a_link_is_told_under_both_names()
    {
        _root.Write("a", "b");
        _root.Write("b", "x");
        var file = new FilePatch { Path = "l", OldPath = "a", Operation = FileOperation.Rename, NewMode = PatchFileMode.SymbolicLink };
        var request = new PatchRequest { Id = "t", Root = _root.Path, Patch = new PatchSet { TaskId = "t", Files = [file] } };

        var diff = (await new PatchManager(new PatchOptions { AllowSymbolicLinks = true }).PlanAsync(request, Token)).Diff.ToString();

        Assert.Contains("diff --git a/a b/a\ndeleted file mode", diff, StringComparison.Ordinal);
        Assert.Contains("diff --git a/l b/l\nnew file mode 120000", diff, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_edits_far_from_their_text_are_summed_up_in_bounded_work()
    {
        string Block(int seed) => string.Concat(Enumerable.Range(0, 400).Select(i => $"{(i * seed) % 401}\n"));
        var edit = new PatchEdit { Old = PatchContent.FromText(Block(3)), New = PatchContent.FromText(Block(7)) };
        var image = new FileImage(EntryKind.File, edit.Old.Bytes, default);
        var file = new FilePatch { Path = "a", Operation = FileOperation.Modify, Edits = Enumerable.Repeat(edit, 400).ToValueList() };
        var from = GC.GetAllocatedBytesForCurrentThread();

        ChangeSummary.Of(new FilePair(file, image, image), null);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - from, 0, 400 << 20);
    }

    [Fact]
    public async Task Files_can_trade_places()
    {
        _root.Write("a.txt", "a\n");
        _root.Write("b.txt", "b\n");

        var result = await _manager.ApplyAsync(
            _root.Path, "diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\ndiff --git a/b.txt b/a.txt\nrename from b.txt\nrename to a.txt\n");

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.Equal(("b\n", "a\n"), (await File.ReadAllTextAsync(_root.Combine("a.txt"), Token), await File.ReadAllTextAsync(_root.Combine("b.txt"), Token)));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("a/../b")]
    [InlineData("./a")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("C:/a")]
    [InlineData("a:stream")]
    [InlineData("~/a")]
    [InlineData("a\u0001")]
    [InlineData("a.")]
    [InlineData("a /b")]
    [InlineData("NUL.txt")]
    [InlineData("com1")]
    public void A_path_that_is_not_plain_is_refused(string path) => Assert.Equal(PatchConflictCode.PathRefused, new PathPolicy([]).Check(path)?.Code);

    [Theory]
    [InlineData(".git/config")]
    [InlineData("sub/.GIT/hooks/x")]
    [InlineData("git~1/config")]
    [InlineData(".g\u200cit/config")]
    [InlineData(".orchestrator/patches/x")]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData("deep/down/package-lock.json")]
    public void A_path_that_is_protected_is_refused(string path) =>
        Assert.Equal(PatchConflictCode.PathProtected, new PathPolicy([".github/**", "**/package-lock.json"]).Check(path)?.Code);

    [Theory]
    [InlineData(".gitignore")]
    [InlineData("src/.github/x")]
    [InlineData("äöü/日本.txt")]
    [InlineData("context.cs")]
    public void An_ordinary_path_is_allowed(string path) => Assert.Null(new PathPolicy([".github/**"]).Check(path));

    private async Task<PatchConflict> ConflictAsync(string patch)
    {
        var before = TreeState.Read(_root.Path);
        var set = _manager.Read(patch);
        var plan = await _manager.PlanAsync(new PatchRequest { Id = "p", Root = _root.Path, Patch = set }, Token);
        Assert.Equal("", TreeState.Difference(before, TreeState.Read(_root.Path)));
        Assert.Equal(PatchOutcome.Rejected, plan.Outcome);
        return plan.Conflicts[0];
    }
}
