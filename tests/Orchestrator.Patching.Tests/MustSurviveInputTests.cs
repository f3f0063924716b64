using System.Text;
using System.Text.Json;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Numbers 6, 7, 8, 11 and 15 of what a patch must survive: bad counts, lines that belong to nothing, moves onto files, hostile patches, and sizes.</summary>
public sealed class MustSurviveInputTests
{
    private const string Hostile = "hostile-patches.json";
    private const string Old = "one\ntwo\nthree\n";

    public static TheoryData<string> HostileIds => FixtureSuite.Ids(Hostile);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("@@ -1,3 +1,4 @@")]
    [InlineData("@@ -1,1 +1,1 @@")]
    [InlineData("@@ -1,0 +1,0 @@")]
    [InlineData("@@ -1,900 +1,2 @@")]
    [InlineData("@@ -1 +1,999999 @@")]
    public async Task Survives_06_wrong_counts_in_a_header_lose_no_line_of_the_body(string header)
    {
        var (tree, manager) = Tree();

        var result = await manager.ApplyAsync(tree.Root, $"--- a/a.txt\n+++ b/a.txt\n{header}\n one\n-two\n+TWO\n+2\n three\n");

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.EndsWith(Base64("one\nTWO\n2\nthree\n"), tree.State()[Path.Combine(tree.Root, "a.txt")], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(PatchFormat.UnifiedDiff, "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\nstray\n", 7)]
    [InlineData(PatchFormat.UnifiedDiff, "--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+TWO\n\nstray\n+lost\n", 9)]
    [InlineData(PatchFormat.ApplyPatch, "*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+TWO\nstray\n*** End Patch\n", 6)]
    [InlineData(PatchFormat.ApplyPatch, "*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+TWO\n*** End Patch\n*** Delete File: b\n", 7)]
    [InlineData(PatchFormat.SearchReplace, "a.txt\n<<<<<<< SEARCH\ntwo\n=======\nTWO\n>>>>>>> REPLACE\n=======\nlost\n>>>>>>> REPLACE\n", 9)]
    [InlineData(PatchFormat.SearchReplace, "a.txt\n<<<<<<< SEARCH\ntwo\n=======\nTWO\n", 2)]
    [InlineData(PatchFormat.StrReplace, "{\"path\": \"a.txt\", \"old_str\": \"two\", \"new_str\": \"TWO\"} stray", 1)]
    [InlineData(PatchFormat.WholeFile, "a.txt\n```\none\n", 2)]
    [InlineData(PatchFormat.AIPatch, "{\"file\": \"a.txt\", \"operation\": \"append\", \"block\": \"x\"} stray", 1)]
    [InlineData(PatchFormat.LspEdit, "{\"changes\": {\"a.txt\": [{\"range\": {\"start\": {\"line\": 0, \"character\": 0}, \"end\": {\"line\": 0, \"character\": 3}}, \"newText\": \"1\"}]}}\nstray", 2)]
    [InlineData(PatchFormat.PatchSet, "{\"task_id\": \"t\", \"files\": [{\"path\": \"a.txt\", \"operation\": \"delete\"}]}\nstray", 2)]
    public void Survives_07_what_belongs_to_nothing_is_an_error_with_its_line_and_never_dropped(PatchFormat format, string patch, int line)
    {
        Assert.Equal(line, ParserCalls.Refuse(patch, format).Line);
        Assert.Equal(line, ParserCalls.Refuse(patch).Line);
    }

    [Theory]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n*** Move to: a.txt\n@@\n-two\n+TWO\n*** End Patch\n", PatchOutcome.Applied)]
    [InlineData("diff --git a/a.txt b/a.txt\nrename from a.txt\nrename to a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -2 +2 @@\n-two\n+TWO\n", PatchOutcome.Applied)]
    [InlineData("*** Begin Patch\n*** Update File: a.txt\n*** Move to: b.txt\n@@\n-two\n+TWO\n*** End Patch\n", PatchOutcome.Rejected)]
    [InlineData("diff --git a/a.txt b/b.txt\nrename from a.txt\nrename to b.txt\n", PatchOutcome.Rejected)]
    [InlineData("*** Begin Patch\n*** Add File: b.txt\n+x\n*** End Patch\n", PatchOutcome.Rejected)]
    [InlineData("--- /dev/null\n+++ b/b.txt\n@@ -0,0 +1 @@\n+x\n", PatchOutcome.Rejected)]
    public async Task Survives_08_a_move_to_itself_keeps_the_file_and_no_move_or_addition_takes_the_place_of_another(string patch, PatchOutcome outcome)
    {
        var (tree, manager) = Tree();
        var before = tree.State();

        var result = await manager.ApplyAsync(tree.Root, patch);

        Assert.Equal(outcome, result.Outcome);
        var a = Path.Combine(tree.Root, "a.txt");
        before[a] = outcome == PatchOutcome.Applied ? before[a].Replace(Base64(Old), Base64("one\nTWO\nthree\n"), StringComparison.Ordinal) : before[a];
        Assert.Equal(before, tree.State());
    }

    [Theory]
    [MemberData(nameof(HostileIds))]
    public async Task Survives_11_a_hostile_patch_opens_and_changes_nothing_outside_of_the_root(string id)
    {
        var test = FixtureSuite.Case(Hostile, id);
        using var folder = new TemporaryDirectory();
        var disk = new PhysicalFileSystem();
        var tree = new FuzzTree(disk, folder.Path);
        tree.Fill(test.GetProperty("input").EnumerateArray().Select(Read));
        Directory.CreateDirectory(folder.Combine("OUT"));
        var before = tree.State();
        var watched = new WatchedFileSystem(disk, tree.Root, tree.Journals);
        var manager = new PatchManager(watched, new PatchOptions { JournalDirectory = tree.Journals });
        foreach (var form in new[] { "git_patch", "codex_patch" })
        {
            if (test.TryGetProperty(form, out var patch)
                && manager.Parse(Encoding.UTF8.GetBytes(patch.GetString()!.Replace("/ABS", folder.Path, StringComparison.Ordinal)), "task").Patch is { } set)
            {
                await manager.ApplyAsync(new PatchRequest { Id = form, Root = tree.Root, Patch = set }, Token);
            }
        }

        Assert.Empty(watched.Trespasses);
        Assert.Equal(
            before.Where(entry => !entry.Key.StartsWith(tree.Root + "/", StringComparison.Ordinal)), tree.State().Where(entry => !entry.Key.StartsWith(tree.Root + "/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Survives_15_a_diff_of_fifty_megabytes_is_read_without_copying_its_lines()
    {
        var hunk = string.Concat(Enumerable.Range(0, 12).Select(static i => $" context line {i} of a file that is long enough\n-removed {i}\n+added {i}\n"));
        var file = "--- a/f{0}.txt\n+++ b/f{0}.txt\n" + string.Concat(Enumerable.Range(0, 10).Select(i => $"@@ -{(i * 100) + 1},24 +{(i * 100) + 1},24 @@\n{hunk}"));
        var text = new StringBuilder();
        for (var i = 0; text.Length < 50 << 20; i++)
        {
            text.Append(file.Replace("{0}", i.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
        }

        var patch = Encoding.UTF8.GetBytes(text.ToString());
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = new PatchManager().Parse(patch, "task");
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Null(result.Error);
        Assert.InRange(allocated, 1, patch.Length);
    }

    [Fact]
    public void Survives_15_a_thousand_edits_of_a_hundred_thousand_lines_take_work_in_proportion()
    {
        var lines = Enumerable.Range(0, 100_000).Select(static i => $"line number {i} of the file\n").ToArray();
        var before = Encoding.UTF8.GetBytes("shifted\n" + string.Concat(lines));
        var edits = Enumerable.Range(0, 1000).Select(i => MatchCalls.Bytes(lines[i * 100] + lines[(i * 100) + 1], lines[i * 100] + "new\n", (i * 100) + 1)).ToArray();

        var result = MatchCalls.Apply(before, new MatchSettings { MaxWork = 2_000_000 }, edits);

        Assert.Empty(result.Conflicts);
        Assert.Equal(1000, Encoding.UTF8.GetString(result.After!.Value.Span).Split('\n').Count(static line => line == "new"));
    }

    [Fact]
    public void Survives_15_a_replacement_everywhere_that_would_fill_the_memory_is_refused()
    {
        var edit = new PatchEdit
        {
            Old = PatchContent.FromText("x"),
            New = PatchContent.FromText(new string('y', 10_000)),
            IsText = true,
            IsInline = true,
            Occurrence = EditOccurrence.All,
        };
        var before = GC.GetAllocatedBytesForCurrentThread();

        var result = MatchCalls.Apply(new string('x', 500_000), new MatchSettings { MaxBytes = 1 << 20 }, edit);

        Assert.Equal(PatchConflictCode.TooLarge, MatchCalls.Refused(result).Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 64 << 20);
    }

    private static (FuzzTree Tree, PatchManager Manager) Tree()
    {
        var disk = new InMemoryFileSystem();
        var tree = new FuzzTree(disk, Path.GetFullPath("/above"));
        tree.Fill([new FuzzFile("a.txt", Encoding.UTF8.GetBytes(Old)), new FuzzFile("b.txt", "b\n"u8.ToArray())]);
        return (tree, new PatchManager(disk, new PatchOptions { JournalDirectory = tree.Journals }));
    }

    private static FuzzFile Read(JsonElement file) => file.GetProperty("type").GetString() == "symlink"
        ? new FuzzFile(file.GetProperty("path").GetString()!, [], file.GetProperty("target").GetString()!)
        : new FuzzFile(file.GetProperty("path").GetString()!, FixtureSuite.Bytes(file));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
