using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Faults in awkward moments: in what the caller gave us, between the last write and the word that it is done, and while a directory is put back.</summary>
public sealed class RollBackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(20, false)]
    [InlineData(20, true)]
    public async Task A_listener_that_throws_gets_its_exception_back_and_the_tree_is_as_it_was(int step, bool cancels)
    {
        using var sample = WideSample.Create();
        var root = sample.CopyOfBefore();
        var manager = new PatchManager(WideSample.Options(root));
        var heard = 0;
        var progress = new Listener(value =>
        {
            if (value.Stage is PatchStage.Writing or PatchStage.RollingBack && ++heard >= step)
            {
                throw cancels ? new OperationCanceledException("enough") : new InvalidOperationException("enough");
            }
        });
        var request = new PatchRequest { Id = "a1", Root = root, Patch = manager.Read(sample.Diff), Progress = progress };

        var error = await Assert.ThrowsAnyAsync<Exception>(async () => await manager.ApplyAsync(request, Token));

        Assert.Equal("enough", error.Message);
        PatchCalls.AssertSame(sample.Before, root);
        Assert.Empty(Directory.GetFiles(root + ".journals", "*.open.jrnl", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_commit_that_could_not_be_brought_onto_the_disk_is_no_commit_wherever_taking_back_ends()
    {
        using var sample = PatchSample.Varied();
        var (old, @new) = (TreeState.Read(sample.Before), TreeState.Read(sample.After));
        var counting = new FaultFileSystem();
        var counted = sample.CopyOfBefore();
        await new PatchManager(counting, PatchCalls.Beside(counted, PatchDurability.Full)).ApplyAsync(counted, sample.Diff);
        var flush = counting.Operations - 2;
        var outcomes = new List<PatchOutcome>();
        for (var dead = 1; dead < 40; dead++)
        {
            var root = sample.CopyOfBefore();
            var until = flush + dead;
            var done = 0;
            var files = new FaultFileSystem
            {
                Before = _ =>
                {
                    var number = done++;
                    if (number == flush || number >= until)
                    {
                        throw new IOException("Input/output error");
                    }
                },
            };

            await new PatchManager(files, PatchCalls.Beside(root, PatchDurability.Full)).TryApplyAsync(root, sample.Diff);
            var recovered = await new PatchManager(PatchCalls.Beside(root)).RecoverAsync(root, Token);

            outcomes.Add(recovered.Count == 0 ? PatchOutcome.Rejected : recovered[0].Outcome);
            Assert.Equal("", TreeState.Difference(outcomes[^1] == PatchOutcome.Applied ? @new : old, TreeState.Read(root)));
        }

        Assert.Equal(PatchOutcome.Rejected, outcomes[^1]);
    }

    [Fact]
    public async Task A_directory_that_is_put_back_has_its_permissions_wherever_that_was_interrupted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute;
        var ended = false;
        for (var operation = 0; !ended; operation++)
        {
            using var folder = new TemporaryDirectory();
            var root = folder.Combine("tree");
            folder.Write("tree/d/a.txt", "x\n");
            PatchSample.SetMode(Path.Combine(root, "d"), Mode);
            await new PatchManager(PatchCalls.Beside(root)).ApplyAsync(root, "--- a/d/a.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n");
            Assert.False(Directory.Exists(Path.Combine(root, "d")));
            try
            {
                await new PatchManager(new FaultFileSystem(operation, Fault.Dead), PatchCalls.Beside(root)).RevertAsync(root, "a1", Token);
                ended = true;
            }
            catch (PatchingException)
            {
                await new PatchManager(PatchCalls.Beside(root)).RecoverAsync(root, Token);
            }

            Assert.True(!Directory.Exists(Path.Combine(root, "d")) || new DirectoryInfo(Path.Combine(root, "d")).UnixFileMode == Mode, $"operation {operation}");
        }
    }

    [Fact]
    public async Task Whoever_takes_the_name_of_a_file_at_any_moment_of_a_recovery_keeps_it()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "exchange");
        const string Diff = "--- a/a.cfg\n+++ b/a.cfg\n@@ -1 +1 @@\n-old\n+new\n";
        var met = 0;
        for (var crash = 3; crash < 10; crash++)
        {
            for (var (moment, isOver) = (0, false); !isOver && moment < 200; moment++)
            {
                using var folder = new TemporaryDirectory();
                var path = folder.Write("tree/a.cfg", "old\n");
                var foreign = folder.Write("foreign", "mine\n");
                var options = PatchCalls.Beside(folder.Combine("tree"));
                options.AtomicPaths.Add("*.cfg");
                await new PatchManager(new FaultFileSystem(crash, Fault.Dead), options).TryApplyAsync(folder.Combine("tree"), System.Text.Encoding.UTF8.GetBytes(Diff));
                var at = moment;
                isOver = true;
                var files = new FaultFileSystem
                {
                    CountsReads = true,
                    Before = number =>
                    {
                        if (number == at)
                        {
                            File.Move(foreign, path, overwrite: true);
                            isOver = false;
                            met++;
                        }
                    },
                };

                await new PatchManager(files, options).RecoverAsync(folder.Combine("tree"), Token);

                var left = string.Join('|', Directory.GetFiles(folder.Combine("tree")).Select(File.ReadAllText));
                Assert.True(isOver || left.Contains("mine\n", StringComparison.Ordinal), $"crash {crash}, moment {moment}: {left}");
            }
        }

        Assert.True(met > 50);
    }

    [Fact]
    public async Task A_lock_that_is_a_link_leads_nowhere()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "directory handles");
        using var folder = new TemporaryDirectory();
        folder.Write("tree/.orchestrator/patches/x", "");
        Directory.CreateDirectory(folder.Combine("outside"));
        File.CreateSymbolicLink(folder.Combine("tree", ".orchestrator", "patches", "lock"), folder.Combine("outside", "made"));

        var error = await Assert.ThrowsAsync<PatchingException>(() => new PatchManager().ApplyAsync(folder.Combine("tree"), "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n"));

        Assert.Equal(PatchingException.JournalUnusable, error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Combine("outside")));
    }

    [Theory]
    [InlineData("led/journals")]
    [InlineData("led")]
    public async Task The_journals_are_out_of_reach_by_whatever_name_they_are_configured(string configured)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "symbolic links");
        using var folder = new TemporaryDirectory();
        Directory.CreateDirectory(folder.Combine("tree", "journals"));
        Directory.CreateSymbolicLink(folder.Combine("led"), folder.Combine("tree"));
        var manager = new PatchManager(new PatchOptions { JournalDirectory = Path.Combine(folder.Path, configured) });
        var root = folder.Combine("tree");
        await manager.ApplyAsync(root, "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n");
        var journals = Path.GetRelativePath(root, Path.GetDirectoryName(Directory.GetFiles(root, "lock", SearchOption.AllDirectories).Single())!);

        var result = await manager.ApplyAsync(root, $"--- /dev/null\n+++ b/{journals}/x.open.jrnl\n@@ -0,0 +1 @@\n+x\n", "a2");

        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.PathProtected), (result.Outcome, result.Conflicts.Count == 0 ? default : result.Conflicts[0].Code));
    }

    [Fact]
    public async Task Journals_with_a_conflict_do_not_count_among_those_that_are_kept()
    {
        using var root = new TemporaryDirectory();
        var manager = new PatchManager(new PatchOptions { KeepApplications = 2 });
        await manager.ApplyAsync(root.Path, New("a"), "a");
        await manager.ApplyAsync(root.Path, New("b"), "b");
        await manager.ApplyAsync(root.Path, New("c"), "c");
        await File.WriteAllTextAsync(root.Combine("c"), "mine\n", Token);
        await manager.RevertAsync(root.Path, "c", Token);

        await manager.ApplyAsync(root.Path, New("d"), "d");
        var known = await manager.RecoverAsync(root.Path, Token);

        Assert.Equal(["b", "c", "d"], known.Select(static application => application.Id).Order(StringComparer.Ordinal));
    }

    private static string New(string name) => $"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n";

    private sealed class Listener(Action<PatchProgress> hear) : IProgress<PatchProgress>
    {
        public void Report(PatchProgress value) => hear(value);
    }
}
