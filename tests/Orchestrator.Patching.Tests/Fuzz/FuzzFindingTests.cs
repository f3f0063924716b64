namespace Orchestrator.Patching;

/// <summary>What spoilt patches have brought to light.</summary>
public sealed class FuzzFindingTests
{
    [Fact]
    public void A_budget_that_does_not_even_last_to_cut_the_file_into_lines_is_a_conflict() =>
        Assert.Equal(PatchConflictCode.TooComplex, MatchCalls.Refused(MatchCalls.Apply(new string('x', 10_000), new MatchSettings { MaxWork = 100 }, MatchCalls.Lines("y", "z"))).Code);

    [Theory]
    [InlineData("""{"\ud83d": 1, "operation": "append"}""")]
    [InlineData("""{"files\ud83d": []}""")]
    [InlineData("""[{"a": {"\udc00x": 1}}]""")]
    public void A_member_whose_name_is_half_of_a_pair_is_an_error_with_its_place(string patch)
    {
        for (var format = PatchFormat.Auto; format <= PatchFormat.LspEdit; format++)
        {
            Assert.InRange(ParserCalls.Refuse(patch, format).Line!.Value, 1, 2);
        }
    }

    [Fact]
    public void A_path_nested_without_end_is_refused_before_its_directories_are_looked_at()
    {
        var policy = new PathPolicy([]);

        Assert.Equal(PatchConflictCode.PathRefused, policy.Check(string.Concat(Enumerable.Repeat("b/", 100)) + "g")?.Code);
        Assert.Null(policy.Check(string.Concat(Enumerable.Repeat("b/", 99)) + "g"));
    }

    [Fact]
    public void Thousands_of_edits_that_have_no_place_are_told_in_bounded_time_and_the_first_of_them_in_full()
    {
        var edits = Enumerable.Range(0, 3000).Select(static i => MatchCalls.Bytes($"nowhere {i}\n", "new\n")).ToArray();

        var result = MatchCalls.Apply(PatchSample.Lines(20_000), new MatchSettings(), edits);

        Assert.Equal(3000, result.Conflicts.Count);
        Assert.Equal(100, result.Conflicts.Count(static conflict => conflict.Diagnosis is not null));
    }

    [Fact]
    public void A_delta_that_claims_more_than_it_makes_takes_no_memory_for_it()
    {
        byte[] delta = [1, 0x80 | 0x40, 0x80 | 0x20, 0x80, 0x20, 0x91, 0, 1];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(GitDelta.Apply("x"u8, delta, 100 << 20));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public async Task A_link_that_took_the_place_of_a_directory_is_taken_back()
    {
        const string Diff = "diff --git a/dir b/dir\nnew file mode 120000\n--- /dev/null\n+++ b/dir\n@@ -0,0 +1 @@\n+other\n\\ No newline at end of file\n"
            + "diff --git a/dir/x.txt b/dir/x.txt\ndeleted file mode 100644\n--- a/dir/x.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n";
        var disk = new InMemoryFileSystem();
        var tree = new FuzzTree(disk, Path.GetFullPath("/above"));
        tree.Fill([new FuzzFile("dir/x.txt", "x\n"u8.ToArray()), new FuzzFile("other/x.txt", "y\n"u8.ToArray())]);
        var before = tree.State();
        var manager = new PatchManager(disk, new PatchOptions { JournalDirectory = tree.Journals, AllowSymbolicLinks = true });

        var applied = await manager.ApplyAsync(tree.Root, Diff);
        var linked = disk.GetEntry(Path.Combine(tree.Root, "dir")).Kind;
        var reverted = await manager.RevertAsync(tree.Root, "a1", TestContext.Current.CancellationToken);

        Assert.Equal((PatchOutcome.Applied, EntryKind.Link, PatchOutcome.Reverted), (applied.Outcome, linked, reverted.Outcome));
        Assert.Equal(before, tree.State());
    }
}
