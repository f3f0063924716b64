using System.Text;

namespace Orchestrator.Patching;

/// <summary>What the patch manager does on every file system that does what <see cref="FileSystemTests"/> asks of it.</summary>
public abstract class TreeApplicationTests
{
    private const string Simple = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";
    private const string Old = "one\ntwo\nthree\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    protected abstract IPatchFileSystem Files { get; }

    /// <summary>An absolute path, of a directory that is there: roots are made in it.</summary>
    protected abstract string Place { get; }

    private string Root => Path.Combine(Place, "root");

    private string Journals => Path.Combine(Root, ".orchestrator", "patches");

    [Theory]
    [InlineData(PatchDurability.Full)]
    [InlineData(PatchDurability.Process)]
    public async Task Every_kind_of_change_is_applied_found_applied_and_taken_back_to_the_last_byte_and_mode(PatchDurability durability)
    {
        using var sample = WideSample.Create();
        var (before, after) = Load(sample);
        var manager = Manager(Wide(durability));

        var applied = await manager.ApplyAsync(Root, sample.Diff);
        var changed = SeamTree.Read(Files, Root);
        var again = await manager.ApplyAsync(Root, sample.Diff, "a2");
        var reverted = await manager.RevertAsync(Root, "a1", Token);
        var repeated = await manager.RevertAsync(Root, "a1", Token);

        Assert.Empty(applied.Conflicts);
        Assert.Equal((PatchOutcome.Applied, PatchOutcome.AlreadyApplied, PatchOutcome.Reverted), (applied.Outcome, again.Outcome, reverted.Outcome));
        Assert.Equal(reverted, repeated);
        Assert.Equal(after, changed);
        Assert.Equal(before, SeamTree.Read(Files, Root));
    }

    [Fact]
    public async Task A_crash_at_any_operation_leaves_the_tree_old_or_new_after_recovery()
    {
        using var sample = WideSample.Create();
        var (before, after) = Load(sample);
        var ended = false;
        for (var operation = 2; !ended; operation += LongRun.Pick(always: 7, asked: 1))
        {
            var files = new FaultFileSystem(operation, Fault.Dead, Files);
            var outcome = await new PatchManager(files, Wide()).TryApplyAsync(Root, sample.Diff);
            ended = files.Operations <= operation;

            var recovered = await Manager(Wide()).RecoverAsync(Root, Token);

            var isNew = recovered is [{ Outcome: PatchOutcome.Applied }];
            Assert.True(isNew || outcome != PatchOutcome.Applied);
            Assert.Equal(isNew ? after : before, SeamTree.Read(Files, Root));
            if (isNew)
            {
                await Manager(Wide()).RevertAsync(Root, "a1", Token);
            }

            Clear(Path.Combine(Place, "journals"));
            Assert.Equal(before, SeamTree.Read(Files, Root));
        }
    }

    [Fact]
    public async Task Cancellation_takes_everything_back()
    {
        using var sample = WideSample.Create();
        var (before, _) = Load(sample);
        using var source = new CancellationTokenSource();
        var files = new FaultFileSystem(beneath: Files) { Before = number => { if (number == 30) { source.Cancel(); } } };
        var manager = new PatchManager(files, Wide());
        var request = new PatchRequest { Id = "a1", Root = Root, Patch = manager.Read(sample.Diff) };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await manager.ApplyAsync(request, source.Token));

        Assert.Equal(before, SeamTree.Read(Files, Root));
        Assert.Equal(PatchOutcome.Applied, (await Manager(Wide()).ApplyAsync(Root, sample.Diff)).Outcome);
    }

    [Fact]
    public async Task Reverting_leaves_a_file_that_changed_since_and_restores_the_rest()
    {
        using var sample = PatchSample.Varied();
        var (before, _) = Load(sample);
        await Manager(Beside()).ApplyAsync(Root, sample.Diff);
        Write("grow.txt", "mine\n");

        var reverted = await Manager(Beside()).RevertAsync(Root, "a1", Token);

        Assert.Equal((PatchOutcome.Conflicted, "grow.txt"), (reverted.Outcome, Assert.Single(reverted.Conflicts).Path));
        Assert.Equal("mine\n", Text("grow.txt"));
        Write("grow.txt", PatchSample.Lines(30));
        Files.SetMode(Path.Combine(Root, "grow.txt"), Files.GetEntry(Path.Combine(Root, "kept.txt")).Mode);
        Assert.Equal(before, SeamTree.Read(Files, Root));
    }

    [Fact]
    public async Task An_unknown_application_cannot_be_reverted_and_nothing_is_made()
    {
        SeamTree.MakeDirectory(Files, Root);

        var result = await Manager().RevertAsync(Root, "never", Token);

        Assert.Equal(PatchOutcome.NotFound, result.Outcome);
        Assert.Empty(Files.List(Root));
    }

    [Fact]
    public async Task The_same_id_gives_the_recorded_outcome_and_another_patch_under_it_is_refused()
    {
        Write("a.txt", Old);
        var first = await Manager().ApplyAsync(Root, Simple);

        var again = await Manager().ApplyAsync(Root, Simple);
        var other = await Manager().ApplyAsync(Root, Simple.Replace("TWO", "2", StringComparison.Ordinal));

        Assert.Equal(PatchOutcome.Applied, first.Outcome);
        Assert.Equal(first, again);
        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.OperationRefused), (other.Outcome, other.Conflicts[0].Code));
    }

    [Fact]
    public async Task A_refused_patch_writes_nothing_and_its_id_may_be_used_anew()
    {
        Write("a.txt", "one\n2\nthree\n");
        var before = Files.GetEntry(Path.Combine(Root, "a.txt"));

        var refused = await Manager().ApplyAsync(Root, "--- /dev/null\n+++ b/n/n\n@@ -0,0 +1 @@\n+x\n" + Simple);
        var untouched = Files.GetEntry(Path.Combine(Root, "a.txt"));
        Write("a.txt", Old);
        var applied = await Manager().ApplyAsync(Root, Simple);

        Assert.Equal((PatchOutcome.Rejected, PatchOutcome.Applied), (refused.Outcome, applied.Outcome));
        Assert.Equal(before, untouched);
        Assert.Equal(EntryKind.Missing, Files.GetEntry(Path.Combine(Root, "n")).Kind);
    }

    [Fact]
    public async Task Only_the_last_applications_keep_their_journal()
    {
        SeamTree.MakeDirectory(Files, Root);
        var manager = Manager(new PatchOptions { KeepApplications = 2 });
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            await manager.ApplyAsync(Root, New(name), name);
        }

        var known = await manager.RecoverAsync(Root, Token);

        Assert.Equal(["c", "d"], known.Select(static application => application.Id));
    }

    [Fact]
    public async Task Appliers_of_one_root_take_turns()
    {
        Write("a.txt", PatchSample.Lines(40));
        var patches = Enumerable.Range(1, 20).Select(static i => $"--- a/a.txt\n+++ b/a.txt\n@@ -{2 * i} +{2 * i} @@\n-line {2 * i}\n+LINE {2 * i}\n").ToList();
        var shared = Manager();

        var results = await Task.WhenAll(patches.Select((patch, i) => Task.Run(() => (i % 2 == 0 ? shared : Manager()).ApplyAsync(Root, patch, $"a{i}"), Token)));

        Assert.All(results, static result => Assert.Equal(PatchOutcome.Applied, result.Outcome));
        Assert.Equal(20, Text("a.txt").Split('\n').Count(static line => line.StartsWith("LINE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_root_that_stays_locked_is_reported()
    {
        SeamTree.MakeDirectory(Files, Journals);
        var manager = Manager(new PatchOptions { LockTimeout = TimeSpan.Zero });
        using var holder = Files.TryLock(Path.Combine(Journals, "lock"));

        var result = await manager.ApplyAsync(Root, New("n"));
        var error = await Assert.ThrowsAsync<PatchingException>(async () => await manager.RecoverAsync(Root, Token));

        Assert.NotNull(holder);
        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.Locked), (result.Outcome, result.Conflicts[0].Code));
        Assert.Equal((PatchingException.RootLocked, true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_damaged_journal_is_put_aside_and_reported()
    {
        Write("a.txt", Old);
        await Manager().ApplyAsync(Root, Simple);
        var journal = Path.Combine(Journals, Files.List(Journals).Single(static name => name.EndsWith(".jrnl", StringComparison.Ordinal)));
        var bytes = Files.ReadFile(journal, 1 << 20);
        bytes[100] ^= 1;
        SeamTree.Write(Files, journal, bytes);

        var known = Assert.Single(await Manager().RecoverAsync(Root, Token));

        Assert.Equal(PatchOutcome.Conflicted, known.Outcome);
        Assert.Equal(bytes, Files.ReadFile(journal + ".damaged", 1 << 20));
        Assert.Empty(await Manager().RecoverAsync(Root, Token));
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_journals_is_not_followed()
    {
        var outside = Path.Combine(Place, "outside");
        SeamTree.MakeDirectory(Files, Root);
        SeamTree.MakeDirectory(Files, outside);
        Files.CreateLink(Path.Combine(Root, ".orchestrator"), "../outside");

        var error = await Assert.ThrowsAsync<PatchingException>(() => Manager().ApplyAsync(Root, New("n")));

        Assert.Equal(PatchingException.JournalUnusable, error.Code);
        Assert.Empty(Files.List(outside));
    }

    [Fact]
    public async Task A_link_in_the_tree_is_not_followed()
    {
        SeamTree.Write(Files, Path.Combine(Place, "outside", "a.txt"), Encoding.UTF8.GetBytes(Old));
        SeamTree.MakeDirectory(Files, Root);
        Files.CreateLink(Path.Combine(Root, "l"), "../outside");

        var result = await Manager().ApplyAsync(Root, Simple.Replace("a.txt", "l/a.txt", StringComparison.Ordinal));

        Assert.Equal(PatchConflictCode.NotAFile, Assert.Single(result.Conflicts).Code);
        Assert.Equal(Old, Encoding.UTF8.GetString(Files.ReadFile(Path.Combine(Place, "outside", "a.txt"), 100)));
    }

    private static string New(string name) => $"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n";

    private PatchManager Manager(PatchOptions? options = null) => new(Files, options);

    private PatchOptions Beside() => new() { JournalDirectory = Path.Combine(Place, "journals"), Durability = PatchDurability.Process };

    private PatchOptions Wide(PatchDurability durability = PatchDurability.Process)
    {
        var options = WideSample.Options(Root, durability);
        options.JournalDirectory = Path.Combine(Place, "journals");
        return options;
    }

    private (SortedDictionary<string, string> Before, SortedDictionary<string, string> After) Load(PatchSample sample)
    {
        var after = Path.Combine(Place, "after");
        SeamTree.Load(Files, sample.Before, Root);
        SeamTree.Load(Files, sample.After, after);
        return (SeamTree.Read(Files, Root), SeamTree.Read(Files, after));
    }

    private void Write(string path, string text) => SeamTree.Write(Files, Path.Combine(Root, path), Encoding.UTF8.GetBytes(text));

    private string Text(string path) => Encoding.UTF8.GetString(Files.ReadFile(Path.Combine(Root, path), 1 << 20));

    private void Clear(string directory)
    {
        foreach (var path in Files.List(directory).Select(name => Path.Combine(directory, name)))
        {
            if (Files.GetEntry(path).Kind == EntryKind.Directory)
            {
                Clear(path);
            }
            else
            {
                Files.DeleteFile(path);
            }
        }
    }
}
