using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

public sealed class ApplicationTests
{
    private const string Simple = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    private sealed class OneSecret : ISecretRedactor
    {
        public string? Redact(string? text) => text?.Replace("hunter22", "***", StringComparison.Ordinal);

        public void Add(SecretValue secret) => throw new NotSupportedException();
    }
}
