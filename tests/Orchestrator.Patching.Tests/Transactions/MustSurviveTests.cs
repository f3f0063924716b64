using System.Diagnostics;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Numbers 10, 12, 13, 14 and 18 of what an application must survive.</summary>
public sealed class MustSurviveTests
{
    private const string Diff = "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n";
    private const string Old = "one\ntwo\nthree\n";
    private const string New = "one\nTWO\nthree\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Survives_10_a_failure_in_the_middle_leaves_bytes_modes_names_and_identities_and_no_directory_that_was_made()
    {
        using var sample = WideSample.Create();
        var root = sample.CopyOfBefore();
        var disk = new PhysicalFileSystem();
        var names = Directory.GetFiles(root, "*", SearchOption.AllDirectories).Where(static path => new FileInfo(path).LinkTarget is null && !path.Contains("gone", StringComparison.Ordinal)
            && !path.Contains("/old/", StringComparison.Ordinal) && !path.EndsWith("becomes-link", StringComparison.Ordinal)).ToList();
        var identities = names.ToDictionary(static path => path, path => disk.GetEntry(path).Identity);
        var files = new FaultFileSystem();
        await new PatchManager(files, WideSample.Options(root)).ApplyAsync(root, sample.Diff);
        var other = sample.CopyOfBefore();
        identities = names.ToDictionary(static path => path, path => disk.GetEntry(path.Replace(root, other, StringComparison.Ordinal)).Identity);

        var result = await new PatchManager(new FaultFileSystem(files.Operations - 3, Fault.Fail), WideSample.Options(other)).ApplyAsync(other, sample.Diff);

        Assert.Equal(PatchOutcome.Rejected, result.Outcome);
        PatchCalls.AssertSame(sample.Before, other);
        Assert.False(Directory.Exists(Path.Combine(other, "made")));
        foreach (var (path, identity) in identities.Where(static entry => !entry.Key.EndsWith(".cfg", StringComparison.Ordinal)))
        {
            Assert.Equal(identity, disk.GetEntry(path.Replace(root, other, StringComparison.Ordinal)).Identity);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Survives_12_a_link_swapped_in_between_check_and_write_leads_nowhere(bool isDirectory)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "directory handles");
        using var folder = new TemporaryDirectory();
        folder.Write("tree/d/a.txt", Old);
        folder.Write("outside/a.txt", Old);
        var root = folder.Combine("tree");
        var journals = root + ".journals";
        var files = new FaultFileSystem
        {
            CountsReads = true,
            Before = _ =>
            {
                var path = isDirectory ? Path.Combine(root, "d") : Path.Combine(root, "d", "a.txt");
                if (Directory.Exists(journals) && Directory.GetFiles(journals, "*.jrnl", SearchOption.AllDirectories).Length > 0 && !Path.Exists(path + ".hidden"))
                {
                    Directory.Move(path, path + ".hidden");
                    File.CreateSymbolicLink(path, isDirectory ? folder.Combine("outside") : folder.Combine("outside", "a.txt"));
                }
            },
        };

        var result = await new PatchManager(files, PatchCalls.Beside(root)).ApplyAsync(root, Diff.Replace("a.txt", "d/a.txt", StringComparison.Ordinal));

        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.ChangedMeanwhile), (result.Outcome, result.Conflicts[0].Code));
        Assert.Equal(Old, await File.ReadAllTextAsync(folder.Combine("outside", "a.txt"), Token));
        Assert.Equal(Old, await File.ReadAllTextAsync(isDirectory ? Path.Combine(root, "d.hidden", "a.txt") : Path.Combine(root, "d", "a.txt.hidden"), Token));
    }

    [Fact]
    public void Survives_12_no_component_of_a_path_may_be_a_link_whichever_way_it_is_opened()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "directory handles");
        using var folder = new TemporaryDirectory();
        folder.Write("real/a.txt", Old);
        Directory.CreateSymbolicLink(folder.Combine("led"), folder.Combine("real"));
        File.CreateSymbolicLink(folder.Combine("real", "link.txt"), "a.txt");
        var disk = new PhysicalFileSystem();
        var led = folder.Combine("led") + "/";

        Assert.ThrowsAny<IOException>(() => disk.OpenFile(led + "a.txt"));
        Assert.ThrowsAny<IOException>(() => disk.ReadFile(folder.Combine("real", "link.txt"), 100));
        Assert.ThrowsAny<IOException>(() => disk.CreateFile(led + "b.txt"));
        Assert.ThrowsAny<IOException>(() => disk.CreateLink(led + "b.txt", "x"));
        Assert.ThrowsAny<IOException>(() => disk.CreateDirectory(led + "b"));
        Assert.ThrowsAny<IOException>(() => disk.DeleteFile(led + "a.txt"));
        Assert.ThrowsAny<IOException>(() => disk.Move(led + "a.txt", folder.Combine("b.txt")));
        Assert.ThrowsAny<IOException>(() => disk.SetMode(led + "a.txt", UnixFileMode.UserRead));
        Assert.True(LinuxPath.Walk(led + "a.txt", LinuxNative.OpenFlags.Read, 0) < 0);
        Assert.True(LinuxPath.Walk(folder.Combine("real", "link.txt"), LinuxNative.OpenFlags.Read, 0) < 0);
        using var handle = new Microsoft.Win32.SafeHandles.SafeFileHandle(LinuxPath.Walk(folder.Combine("real", "a.txt"), LinuxNative.OpenFlags.Read, 0), ownsHandle: true);
        Assert.False(handle.IsInvalid);
        Assert.Equal(folder.Combine("real"), disk.Canonical(folder.Combine("led")));
        Assert.Equal(["a.txt", "link.txt"], Directory.GetFileSystemEntries(folder.Combine("real")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Survives_13_a_file_that_changed_since_it_was_read_is_a_conflict_even_with_the_same_size_and_time(bool atomic)
    {
        using var root = new TemporaryDirectory();
        var file = root.Write("a.txt", Old);
        var time = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(file, time);
        var files = AfterJournal(root.Path, () =>
        {
            File.WriteAllText(file, Old.Replace("three", "THREE", StringComparison.Ordinal));
            File.SetLastWriteTimeUtc(file, time);
        });

        var result = await new PatchManager(files, Options(atomic)).ApplyAsync(root.Path, Diff);

        Assert.Equal((PatchOutcome.Rejected, PatchConflictCode.ChangedMeanwhile, "a.txt"), (result.Outcome, result.Conflicts[0].Code, result.Conflicts[0].Path));
        Assert.Equal("one\ntwo\nTHREE\n", await File.ReadAllTextAsync(file, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Survives_13_a_file_that_was_only_touched_is_no_conflict(bool atomic)
    {
        using var root = new TemporaryDirectory();
        var file = root.Write("a.txt", Old);
        var files = AfterJournal(root.Path, () => File.SetLastWriteTimeUtc(file, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc)));

        var result = await new PatchManager(files, Options(atomic)).ApplyAsync(root.Path, Diff);

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.Equal(New, await File.ReadAllTextAsync(file, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Survives_14_a_file_with_two_names_stays_one_file(bool atomic)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "ln");
        using var root = new TemporaryDirectory();
        var file = root.Write("a.txt", Old);
        Run("ln", file, root.Combine("other.txt"));
        var before = new PhysicalFileSystem().GetEntry(file);

        await new PatchManager(Options(atomic)).ApplyAsync(root.Path, Diff);

        Assert.Equal(New, await File.ReadAllTextAsync(root.Combine("other.txt"), Token));
        Assert.Equal(before.Identity, new PhysicalFileSystem().GetEntry(file).Identity);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Survives_14_permissions_owner_and_attributes_stay(bool atomic)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "extended attributes");
        using var root = new TemporaryDirectory();
        var file = root.Write("a.txt", Old);
        var mode = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;
        Xattr.Set(file, "user.origin", "kept");
        PatchSample.SetMode(file, mode);

        var applied = await new PatchManager(Options(atomic)).ApplyAsync(root.Path, Diff);
        var (attribute, after) = (Xattr.Get(file, "user.origin"), new FileInfo(file).UnixFileMode);
        await new PatchManager(Options(atomic)).RevertAsync(root.Path, "a1", Token);

        Assert.Equal((PatchOutcome.Applied, "kept", mode), (applied.Outcome, attribute, after));
        Assert.Equal(("kept", mode, Old), (Xattr.Get(file, "user.origin"), new FileInfo(file).UnixFileMode, await File.ReadAllTextAsync(file, Token)));
    }

    [Fact]
    public async Task Survives_18_a_crash_during_recovery_is_recovered_from_and_what_others_changed_is_left()
    {
        using var sample = WideSample.Create();
        var counting = new FaultFileSystem();
        await new PatchManager(counting, WideSample.Options("/")).ApplyAsync(sample.CopyOfBefore(), sample.Diff);
        var ended = false;
        for (var second = 0; !ended; second += LongRun.Pick(always: 4, asked: 1))
        {
            var root = sample.CopyOfBefore();
            var options = WideSample.Options(root);
            await Assert.ThrowsAsync<PatchingException>(() => new PatchManager(new FaultFileSystem(counting.Operations - 3, Fault.Dead), options).ApplyAsync(root, sample.Diff));
            var mine = Path.Combine(root, "src/changed0.txt");
            await File.WriteAllTextAsync(mine, "mine\n", Token);
            ended = await RunsAsync(async () => await new PatchManager(new FaultFileSystem(second, Fault.Dead), options).RecoverAsync(root, Token));

            var recovered = Assert.Single(await new PatchManager(options).RecoverAsync(root, Token));

            Assert.Equal(["src/changed0.txt"], recovered.Conflicts.Select(static conflict => conflict.Path));
            Assert.Equal("mine\n", await File.ReadAllTextAsync(mine, Token));
            var kept = Assert.Single(Directory.GetFiles(root + ".journals", "*.kept", SearchOption.AllDirectories));
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(sample.Before, "src/changed0.txt"), Token), await File.ReadAllTextAsync(kept, Token));
            File.Copy(kept, mine, overwrite: true);
            PatchCalls.AssertSame(sample.Before, root);
        }
    }

    private static async Task<bool> RunsAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (PatchingException)
        {
            return false;
        }
    }

    private static PatchOptions Options(bool atomic)
    {
        var options = new PatchOptions();
        if (atomic)
        {
            options.AtomicPaths.Add("*.txt");
        }

        return options;
    }

    /// <summary>Does something once, when the journal is there and nothing is written yet.</summary>
    private static FaultFileSystem AfterJournal(string root, Action action)
    {
        var isDone = false;
        return new FaultFileSystem
        {
            CountsReads = true,
            Before = _ =>
            {
                var journals = Path.Combine(root, ".orchestrator", "patches");
                if (!isDone && Directory.Exists(journals) && Directory.GetFiles(journals, "*.jrnl") is [var journal] && new FileInfo(journal).Length > 100)
                {
                    isDone = true;
                    action();
                }
            },
        };
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
