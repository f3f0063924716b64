using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Patch sets that name a file several times, or move files about.</summary>
public sealed class SequentialPlanTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly PatchManager _manager = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Dispose();

    [Fact]
    public async Task The_second_change_of_a_file_sees_the_first()
    {
        _root.Write("a.txt", "one\ntwo\n");

        var result = await ApplyAsync("*** Update File: a.txt\n@@\n-one\n+ONE\n*** Update File: a.txt\n@@\n ONE\n-two\n+TWO\n");

        Assert.Equal("ONE\nTWO\n", Text("a.txt"));
        var change = Assert.Single(result.Files);
        Assert.Equal((FileOperation.Modify, 2, 8L, 8L), (change.Operation, change.Edits, change.BeforeBytes, change.AfterBytes));
    }

    [Fact]
    public async Task Deleting_and_making_anew_is_a_rewrite_with_both_sizes()
    {
        _root.Write("a.txt", PatchSample.Lines(100));

        var result = await ApplyAsync("*** Delete File: a.txt\n*** Add File: a.txt\n+x\n");

        var change = Assert.Single(result.Files);
        Assert.Equal((FileOperation.Modify, true, 792L, 2L, 1, 100), (change.Operation, change.IsRewrite, change.BeforeBytes, change.AfterBytes, change.AddedLines, change.RemovedLines));
        Assert.NotNull(change.BeforeHash);
    }

    [Fact]
    public async Task A_rewrite_keeps_the_right_to_run_the_file_and_can_be_taken_back()
    {
        PatchSample.MakeExecutable(_root.Write("run.sh", "#!/bin/sh\n"));
        var before = TreeState.Read(_root.Path);

        await ApplyAsync("*** Delete File: run.sh\n*** Add File: run.sh\n+#!/bin/bash\n");
        var mode = OperatingSystem.IsWindows() ? UnixFileMode.UserExecute : File.GetUnixFileMode(_root.Combine("run.sh"));
        await _manager.RevertAsync(_root.Path, "a1", Token);

        Assert.True(mode.HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("#!/bin/sh\n", Text("run.sh"));
        Assert.NotEmpty(before);
    }

    [Theory]
    [InlineData("*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+A\n*** Update File: b.txt\n@@\n-A\n+AA\n", "b.txt", "AA\n", FileOperation.Rename, "a.txt")]
    [InlineData("*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+b\n*** Update File: b.txt\n*** Move to: c.txt\n@@\n-b\n+c\n", "c.txt", "c\n", FileOperation.Rename, "a.txt")]
    [InlineData("*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+b\n*** Update File: b.txt\n*** Move to: a.txt\n@@\n-b\n+c\n", "a.txt", "c\n", FileOperation.Modify, null)]
    [InlineData("*** Add File: n.txt\n+1\n*** Update File: n.txt\n@@\n-1\n+2\n", "n.txt", "2\n", FileOperation.Create, null)]
    [InlineData("*** Update File: a.txt\n*** Move to: A.txt\n@@\n-a\n+b\n", "A.txt", "b\n", FileOperation.Rename, "a.txt")]
    public async Task Steps_that_follow_each_other_are_told_as_one_change(string patch, string path, string content, FileOperation operation, string? oldPath)
    {
        _root.Write("a.txt", "a\n");

        var change = Assert.Single((await ApplyAsync(patch)).Files);

        Assert.Equal((path, operation, oldPath), (change.Path, change.Operation, change.OldPath));
        Assert.Equal(content, Text(path));
    }

    [Theory]
    [InlineData("*** Delete File: a.txt\n*** Update File: a.txt\n@@\n-a\n+b\n", PatchConflictCode.FileMissing)]
    [InlineData("*** Add File: n.txt\n+x\n*** Add File: n.txt\n+y\n", PatchConflictCode.FileExists)]
    [InlineData("*** Add File: a.txt\n+x\n", PatchConflictCode.FileExists)]
    [InlineData("*** Update File: a.txt\n*** Move to: dir/x.txt\n@@\n-a\n+b\n", PatchConflictCode.FileExists)]
    [InlineData("*** Add File: n\n+x\n*** Add File: n/m\n+y\n", PatchConflictCode.NotAFile)]
    [InlineData("*** Add File: n/m\n+x\n*** Add File: n\n+y\n", PatchConflictCode.NotAFile)]
    [InlineData("*** Add File: dir\n+x\n", PatchConflictCode.NotAFile)]
    [InlineData("*** Add File: N.txt\n+x\n*** Add File: n.txt\n+y\n", PatchConflictCode.PathCollision)]
    [InlineData("*** Add File: n\u00e9.txt\n+x\n*** Add File: ne\u0301.txt\n+y\n", PatchConflictCode.PathCollision)]
    [InlineData("*** Add File: New/a\n+x\n*** Add File: new/b\n+y\n", PatchConflictCode.PathCollision)]
    [InlineData("*** Add File: DIR/n.txt\n+x\n", PatchConflictCode.PathCollision)]
    public async Task What_the_steps_before_do_not_allow_is_refused(string patch, PatchConflictCode code)
    {
        _root.Write("a.txt", "a\n");
        _root.Write("dir/x.txt", "x\n");

        var plan = await PlanAsync(patch);

        Assert.Equal(PatchOutcome.Rejected, plan.Outcome);
        Assert.Equal(code, plan.Conflicts[0].Code);
        Assert.True(plan.Diff.IsEmpty);
    }

    [Fact]
    public async Task A_file_may_take_the_place_of_a_directory_whose_files_all_go_and_the_other_way_round()
    {
        _root.Write("dir/x.txt", "x\n");
        _root.Write("file", "y\n");

        await ApplyAsync("*** Delete File: dir/x.txt\n*** Add File: dir\n+now a file\n*** Delete File: file\n*** Add File: file/z.txt\n+now a directory\n");
        var (made, beneath) = (Text("dir"), Text("file/z.txt"));
        var reverted = await _manager.RevertAsync(_root.Path, "a1", Token);

        Assert.Equal(("now a file\n", "now a directory\n"), (made, beneath));
        Assert.Equal(PatchOutcome.Reverted, reverted.Outcome);
        Assert.Equal(("x\n", "y\n"), (Text("dir/x.txt"), Text("file")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_diff_may_put_a_file_where_a_directory_was_in_any_order(bool isMadeFirst)
    {
        _root.Write("dir/x.txt", "x\n");
        const string Make = "diff --git a/dir b/dir\nnew file mode 100644\n--- /dev/null\n+++ b/dir\n@@ -0,0 +1 @@\n+now a file\n";
        const string Delete = "diff --git a/dir/x.txt b/dir/x.txt\ndeleted file mode 100644\n--- a/dir/x.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";

        var result = await _manager.ApplyAsync(_root.Path, isMadeFirst ? Make + Delete : Delete + Make);

        Assert.Empty(result.Conflicts);
        Assert.Equal("now a file\n", Text("dir"));
    }

    [Theory]
    [InlineData("*** Update File: a.txt\n@@\n-a\n+b\n*** Update File: a.txt\n@@\n-b\n+c\n")]
    [InlineData("*** Delete File: a.txt\n*** Add File: a.txt\n+new\n")]
    [InlineData("*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+b\n*** Update File: b.txt\n@@\n-b\n+c\n")]
    [InlineData("*** Add File: n.txt\n+1\n*** Update File: n.txt\n@@\n-1\n+2\n")]
    [InlineData("*** Update File: a.txt\n@@\n a\n+more\n")]
    public async Task Steps_that_are_all_there_are_not_done_again(string patch)
    {
        _root.Write("a.txt", "a\n");
        await ApplyAsync(patch);
        var after = TreeState.Read(_root.Path);

        var again = await PlanAsync(patch);

        Assert.Equal(PatchOutcome.AlreadyApplied, again.Outcome);
        Assert.Equal("", TreeState.Difference(after, TreeState.Read(_root.Path)));
    }

    [Fact]
    public async Task Overwriting_must_be_allowed_and_then_tells_what_was_lost()
    {
        _root.Write("a.txt", "a\n");
        _root.Write("b.txt", "lost\n");
        var manager = new PatchManager(new PatchOptions { AllowOverwrite = true });
        var patch = manager.Parse(Envelope("*** Update File: a.txt\n*** Move to: b.txt\n@@\n-a\n+A\n"), "task").Patch!;

        var result = await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = _root.Path, Patch = patch }, Token);

        Assert.Equal([(FileOperation.Delete, "b.txt", 5L), (FileOperation.Rename, "b.txt", 2L)], result.Files.Select(change => (change.Operation, change.Path, change.BeforeBytes!.Value)));
        Assert.Equal("A\n", Text("b.txt"));
    }

    [Fact]
    public async Task A_chain_and_a_cycle_of_renames_are_applied_at_once()
    {
        foreach (var name in new[] { "a", "b", "c", "x", "y" })
        {
            _root.Write(name, name + "\n");
        }

        var patch = _manager.Read(string.Concat(new[] { ("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "z") }
            .Select(static pair => $"diff --git a/{pair.Item1} b/{pair.Item2}\nrename from {pair.Item1}\nrename to {pair.Item2}\n")));
        var result = await _manager.ApplyAsync(new PatchRequest { Id = "a1", Root = _root.Path, Patch = patch }, Token);

        Assert.Equal(5, result.Files.Count(static change => change.Operation == FileOperation.Rename));
        Assert.Equal(["c\n", "a\n", "b\n", "x\n", "y\n"], new[] { "a", "b", "c", "y", "z" }.Select(Text));
        Assert.False(File.Exists(_root.Combine("x")));
    }

    [Fact]
    public async Task A_patch_set_of_one_tree_may_delete_a_file_and_make_it_anew_but_name_it_no_third_time()
    {
        _root.Write("a.txt", "a\n");
        var delete = new FilePatch { Path = "a.txt", Operation = FileOperation.Delete };
        var create = new FilePatch { Path = "a.txt", Operation = FileOperation.Create, Content = PatchContent.FromText("new\n") };
        var change = new FilePatch { Path = "a.txt", Operation = FileOperation.Modify, Edits = [MatchCalls.Bytes("a\n", "b\n")] };

        var twice = await PlanAsync(new PatchSet { TaskId = "t", Files = [delete, create] });
        var thrice = await PlanAsync(new PatchSet { TaskId = "t", Files = [delete, create, change] });

        Assert.True(Assert.Single(twice.Files).IsRewrite);
        Assert.Equal(PatchConflictCode.PathCollision, Assert.Single(thrice.Conflicts).Code);
    }

    [Fact]
    public async Task A_dry_run_tells_the_diff_and_hears_of_progress()
    {
        _root.Write("a.txt", "one\ntwo\n");
        var progress = new Reports();
        var patch = _manager.Parse(Envelope("*** Update File: a.txt\n@@\n-one\n+ONE\n*** Update File: a.txt\n@@\n-two\n+TWO\n"), "task").Patch!;

        var plan = await _manager.PlanAsync(new PatchRequest { Id = "p", Root = _root.Path, Patch = patch, Progress = progress }, Token);

        Assert.Contains("-one\n-two\n+ONE\n+TWO\n", plan.Diff.ToString(), StringComparison.Ordinal);
        Assert.Equal([0, 1, 2], progress.Heard.Where(static report => report.Stage == PatchStage.Planning).Select(static report => report.Done));
        Assert.Equal("one\ntwo\n", Text("a.txt"));
    }

    [Fact]
    public async Task Two_patches_of_one_base_both_apply_where_they_touch_different_places_and_else_name_each_other()
    {
        _root.Write("a.txt", PatchSample.Lines(40));
        await _manager.ApplyAsync(_root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -4,3 +4,3 @@\n line 4\n-line 5\n+first\n line 6\n", "first");

        var disjoint = await _manager.ApplyAsync(_root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -29,3 +29,3 @@\n line 29\n-line 30\n+second\n line 31\n", "second");
        var overlapping = await _manager.ApplyAsync(_root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -4,3 +4,3 @@\n line 4\n-line 5\n+third\n line 6\n", "third");

        Assert.Equal((PatchOutcome.Applied, PatchOutcome.Rejected), (disjoint.Outcome, overlapping.Outcome));
        var conflict = Assert.Single(overlapping.Conflicts);
        Assert.Contains("'first'", conflict.Message, StringComparison.Ordinal);
        Assert.Contains("'third'", conflict.Message, StringComparison.Ordinal);
        Assert.Equal("first", conflict.Diagnosis!.StaleSince);
    }

    [Fact]
    public async Task Operations_that_the_settings_do_not_allow_are_refused()
    {
        _root.Write("a.txt", "a\n");
        var options = new PatchOptions();
        options.AllowedOperations.Remove(FileOperation.Delete);
        var manager = new PatchManager(options);

        var plan = await manager.PlanAsync(new PatchRequest { Id = "p", Root = _root.Path, Patch = manager.Parse(Envelope("*** Delete File: a.txt\n"), "t").Patch! }, Token);

        Assert.Equal(PatchConflictCode.OperationRefused, Assert.Single(plan.Conflicts).Code);
    }

    [Fact]
    public async Task Numbers_alone_are_refused_where_proof_is_asked_for()
    {
        _root.Write("a.txt", "a\nb\n");
        var edit = MatchCalls.Numbered(2, 2, "B\n");
        var patch = new PatchSet { TaskId = "t", Files = [new FilePatch { Path = "a.txt", Operation = FileOperation.Modify, Edits = [edit] }] };
        var strict = new PatchManager(new PatchOptions { RequireProof = true });

        var trusted = await PlanAsync(patch);
        var refused = await strict.PlanAsync(new PatchRequest { Id = "p", Root = _root.Path, Patch = patch }, Token);
        var proved = await strict.PlanAsync(
            new PatchRequest { Id = "p", Root = _root.Path, Patch = patch with { Files = [patch.Files[0] with { BaseHash = new FileImage(EntryKind.File, "a\nb\n"u8.ToArray(), default).Hash }] } }, Token);

        Assert.Equal((PatchOutcome.Applied, PatchOutcome.Rejected, PatchOutcome.Applied), (trusted.Outcome, refused.Outcome, proved.Outcome));
        Assert.Equal(PatchConflictCode.BaseMismatch, Assert.Single(refused.Conflicts).Code);
    }

    private string Text(string path) => File.ReadAllText(_root.Combine(path));

    private static byte[] Envelope(string body) => Encoding.UTF8.GetBytes($"*** Begin Patch\n{body}*** End Patch\n");

    private ValueTask<PatchPlan> PlanAsync(PatchSet patch) => _manager.PlanAsync(new PatchRequest { Id = "p", Root = _root.Path, Patch = patch }, Token);

    private ValueTask<PatchPlan> PlanAsync(string body) => PlanAsync(_manager.Parse(Envelope(body), "task").Patch!);

    private async Task<PatchApplication> ApplyAsync(string body)
    {
        var result = await _manager.ApplyAsync(_root.Path, Envelope(body));
        Assert.Empty(result.Conflicts);
        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        return result;
    }

    private sealed class Reports : IProgress<PatchProgress>
    {
        public List<PatchProgress> Heard { get; } = [];

        public void Report(PatchProgress value) => Heard.Add(value);
    }
}
