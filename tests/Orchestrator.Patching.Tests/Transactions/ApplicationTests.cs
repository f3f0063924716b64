using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class ApplicationTests
{
    private const string Simple = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reverting_restores_every_byte_and_mode()
    {
        using var sample = PatchSample.Varied();
        var root = sample.CopyOfBefore();
        var manager = new PatchManager(PatchCalls.Beside(root));
        await manager.ApplyAsync(root, sample.Diff);
        PatchCalls.AssertSame(sample.After, root);

        var reverted = await manager.RevertAsync(root, "a1", Token);
        var again = await manager.RevertAsync(root, "a1", Token);

        Assert.Equal(PatchOutcome.Reverted, reverted.Outcome);
        Assert.Equal(reverted, again);
        PatchCalls.AssertSame(sample.Before, root);
    }

    [Fact]
    public async Task Reverting_leaves_a_file_that_changed_since_and_restores_the_rest()
    {
        using var sample = PatchSample.Varied();
        var root = sample.CopyOfBefore();
        var manager = new PatchManager(PatchCalls.Beside(root));
        await manager.ApplyAsync(root, sample.Diff);
        await File.AppendAllTextAsync(Path.Combine(root, "grow.txt"), "mine\n", Token);
        var mine = await File.ReadAllTextAsync(Path.Combine(root, "grow.txt"), Token);

        var reverted = await manager.RevertAsync(root, "a1", Token);

        Assert.Equal(PatchOutcome.Conflicted, reverted.Outcome);
        Assert.Equal(["grow.txt"], reverted.Conflicts.Select(conflict => conflict.Path));
        Assert.Equal(mine, await File.ReadAllTextAsync(Path.Combine(root, "grow.txt"), Token));
        File.Copy(Path.Combine(sample.Before, "grow.txt"), Path.Combine(root, "grow.txt"), overwrite: true);
        PatchCalls.AssertSame(sample.Before, root);
    }

    [Fact]
    public async Task An_unknown_application_cannot_be_reverted()
    {
        using var root = new TemporaryDirectory();

        var result = await new PatchManager().RevertAsync(root.Path, "never", Token);

        Assert.Equal(PatchOutcome.NotFound, result.Outcome);
        Assert.Empty(Directory.GetFileSystemEntries(root.Path));
    }

    [Fact]
    public async Task Applying_the_same_patch_under_a_new_id_is_already_applied()
    {
        using var sample = PatchSample.Varied();
        var root = sample.CopyOfBefore();
        var manager = new PatchManager(PatchCalls.Beside(root));
        await manager.ApplyAsync(root, sample.Diff);

        var second = await manager.ApplyAsync(root, sample.Diff, "a2");

        Assert.Equal(PatchOutcome.AlreadyApplied, second.Outcome);
        PatchCalls.AssertSame(sample.After, root);
    }

    [Fact]
    public async Task The_same_id_gives_the_recorded_outcome_and_another_patch_under_it_is_refused()
    {
        using var root = new TemporaryDirectory();
        root.Write("a.txt", "one\ntwo\nthree\n");
        var manager = new PatchManager();
        var first = await manager.ApplyAsync(root.Path, Simple);

        var again = await manager.ApplyAsync(root.Path, Simple);
        var other = await manager.ApplyAsync(root.Path, Simple.Replace("TWO", "2", StringComparison.Ordinal));

        Assert.Equal(PatchOutcome.Applied, first.Outcome);
        Assert.Equal(first, again);
        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.OperationRefused), (other.Outcome, other.Conflicts[0].Code));
    }

    [Fact]
    public async Task Journals_stand_in_the_git_directory_and_git_sees_nothing_of_them()
    {
        using var git = GitRepository.Init();
        git.Write("a.txt", "one\ntwo\nthree\n");
        git.Commit("base");
        var worktree = git.Combine("../" + Path.GetFileName(git.Path) + "-tree");
        git.Run("worktree", "add", worktree);

        var inMain = await new PatchManager().ApplyAsync(git.Path, Simple, "main");
        var inWorktree = await new PatchManager().ApplyAsync(worktree, Simple, "tree");

        Assert.Equal((PatchOutcome.Applied, PatchOutcome.Applied), (inMain.Outcome, inWorktree.Outcome));
        Assert.Equal(" M a.txt", git.Status().TrimEnd());
        Assert.Single(Directory.GetFiles(git.Combine(".git/orchestrator/patches"), "main-*.jrnl"));
        Assert.Single(Directory.GetFiles(git.Combine($".git/worktrees/{Path.GetFileName(worktree)}/orchestrator/patches"), "tree-*.jrnl"));
        Directory.Delete(worktree, recursive: true);
    }

    [Fact]
    public async Task Only_the_last_applications_keep_their_journal()
    {
        using var root = new TemporaryDirectory();
        var time = new ManualTimeProvider();
        var manager = new PatchManager(new PatchOptions { KeepApplications = 2 }, time);
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await manager.ApplyAsync(root.Path, $"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+x\n", name);
        }

        var known = await manager.RecoverAsync(root.Path, Token);

        Assert.Equal(["c", "d"], known.Select(application => application.Id));
    }

    [Fact]
    public async Task Two_appliers_of_one_root_take_turns()
    {
        using var root = new TemporaryDirectory();
        root.Write("a.txt", PatchSample.Lines(40));
        var patches = Enumerable.Range(1, 20).Select(i => $"--- a/a.txt\n+++ b/a.txt\n@@ -{2 * i} +{2 * i} @@\n-line {2 * i}\n+LINE {2 * i}\n").ToList();

        var results = await Task.WhenAll(patches.Select((patch, i) => Task.Run(() => new PatchManager().ApplyAsync(root.Path, patch, $"a{i}"))));

        Assert.All(results, result => Assert.Equal(PatchOutcome.Applied, result.Outcome));
        var lines = await File.ReadAllLinesAsync(Path.Combine(root.Path, "a.txt"), Token);
        Assert.Equal(20, lines.Count(line => line.StartsWith("LINE", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_root_that_stays_locked_is_reported()
    {
        using var root = new TemporaryDirectory();
        var manager = new PatchManager(new PatchOptions { LockTimeout = TimeSpan.Zero });
        await using var holder = new FileStream(root.Combine(".orchestrator/patches/lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

        var result = await manager.ApplyAsync(root.Path, "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n");

        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.Locked), (result.Outcome, result.Conflicts[0].Code));
        await Assert.ThrowsAsync<PatchingException>(async () => await manager.RecoverAsync(root.Path, Token));
    }

    [Fact]
    public async Task Overwriting_keeps_hard_links_and_read_only_modes()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix permissions");
        using var root = new TemporaryDirectory();
        var file = root.Write("a.txt", "one\ntwo\nthree\n");
        using (var link = System.Diagnostics.Process.Start("ln", [file, root.Combine("other.txt")]))
        {
            await link.WaitForExitAsync(Token);
        }

        PatchSample.SetMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        await new PatchManager().ApplyAsync(root.Path, Simple);

        Assert.Equal("one\nTWO\nthree\n", await File.ReadAllTextAsync(root.Combine("other.txt"), Token));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, new FileInfo(file).UnixFileMode);
    }

    [Fact]
    public async Task A_known_secret_is_kept_out_and_its_windows_are_redacted()
    {
        using var root = new TemporaryDirectory();
        root.Write("a.txt", "one\ntwo\nthree\nkey hunter22\n");
        var manager = new PatchManager(redactor: new OneSecret());

        var added = await manager.ApplyAsync(root.Path, Simple.Replace("TWO", "hunter22", StringComparison.Ordinal));
        var created = await manager.ApplyAsync(root.Path, "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+xhunter22y\n");
        var missed = await manager.ApplyAsync(root.Path, "--- a/a.txt\n+++ b/a.txt\n@@ -3,2 +3,2 @@\n three\n-absent\n+x\n");
        var fine = await manager.ApplyAsync(root.Path, Simple);

        Assert.Equal(PatchConflictCode.Secret, added.Conflicts.Single().Code);
        Assert.Equal(PatchConflictCode.Secret, created.Conflicts.Single().Code);
        Assert.Equal("key ***\n", missed.Conflicts.Single().Actual);
        Assert.Equal(PatchOutcome.Applied, fine.Outcome);
    }

    [Fact]
    public async Task A_damaged_journal_is_put_aside_and_reported()
    {
        using var root = new TemporaryDirectory();
        root.Write("a.txt", "one\ntwo\nthree\n");
        var manager = new PatchManager();
        await manager.ApplyAsync(root.Path, Simple);
        var journal = Directory.GetFiles(root.Combine(".orchestrator/patches"), "*.jrnl").Single();
        var bytes = await File.ReadAllBytesAsync(journal, Token);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(journal, bytes, Token);

        var known = Assert.Single(await manager.RecoverAsync(root.Path, Token));

        Assert.Equal(PatchOutcome.Conflicted, known.Outcome);
        Assert.True(File.Exists(journal + ".damaged"));
        Assert.Empty(await manager.RecoverAsync(root.Path, Token));
    }

    [Fact]
    public async Task A_journal_that_came_with_the_tree_leads_nowhere_outside()
    {
        using var folder = new TemporaryDirectory();
        folder.Combine("tree", ".orchestrator", "patches", "x");
        var root = folder.Combine("tree");
        var files = new PhysicalFileSystem();
        var store = new JournalStore(files, JournalLocation.Find(files, root, null), durable: false, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var forged = new JournalDocument { File = store.FileOf("a1"), Id = "a1", Report = new PatchApplication { Id = "a1", Outcome = PatchOutcome.Applied } };
        forged.Changes.Add(new TreeChange("../evil", new FileImage(EntryKind.File, "x"u8.ToArray(), default), default, null));
        store.Prepare(forged);

        await new PatchManager().RecoverAsync(root, Token);

        Assert.False(File.Exists(folder.Combine("evil")));
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_journals_is_not_followed()
    {
        using var folder = new TemporaryDirectory();
        Directory.CreateDirectory(folder.Combine("tree"));
        Directory.CreateDirectory(folder.Combine("outside"));
        Directory.CreateSymbolicLink(folder.Combine("tree", ".orchestrator"), "../outside");

        var error = await Assert.ThrowsAsync<PatchingException>(() => new PatchManager().ApplyAsync(folder.Combine("tree"), Simple));

        Assert.Equal(PatchingException.JournalUnusable, error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Combine("outside")));
    }

    private sealed class OneSecret : ISecretRedactor
    {
        public string? Redact(string? text) => text?.Replace("hunter22", "***", StringComparison.Ordinal);

        public void Add(SecretValue secret) => throw new NotSupportedException();
    }
}
