using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>A system that refuses any single operation, in three ways; and one whose disk is really full.</summary>
public sealed class FaultInjectionTests
{
    private const string NoSpace = "ENOSPC";
    private const string Denied = "EACCES";
    private const string Broken = "EIO";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(NoSpace)]
    [InlineData(Denied)]
    [InlineData(Broken)]
    public async Task Any_single_refused_write_leaves_the_tree_old_or_new_and_says_which(string error)
    {
        using var sample = WideSample.Create();
        var (old, @new) = (TreeState.Read(sample.Before), TreeState.Read(sample.After));
        // The first two make the directory of the journals: without it nothing can begin, which is told by an exception.
        var count = await CountAsync(sample, countsReads: false);
        for (var operation = 2; operation < count; operation += LongRun.Pick(always: 3, asked: 1))
        {
            var root = sample.CopyOfBefore();
            var files = new FaultFileSystem(operation, Fault.Fail) { Error = () => Make(error) };

            var result = await new PatchManager(files, WideSample.Options(root, PatchDurability.Full)).ApplyAsync(root, sample.Diff);

            Assert.Equal("", TreeState.Difference(result.Outcome == PatchOutcome.Applied ? @new : old, TreeState.Read(root)));
            Assert.True(result.Outcome == PatchOutcome.Applied || result.Conflicts[0].Code == PatchConflictCode.IoError, $"operation {operation}: {result}");
            Assert.True(result.Outcome is PatchOutcome.Applied or PatchOutcome.Rejected);
            var recovered = await new PatchManager(WideSample.Options(root)).RecoverAsync(root, Token);
            Assert.All(recovered, application => Assert.Equal(result.Outcome, application.Outcome));
        }
    }

    [Theory]
    [InlineData(Denied)]
    [InlineData(Broken)]
    public async Task Any_single_refused_read_or_write_leaves_the_tree_old_or_new(string error)
    {
        using var sample = WideSample.Create();
        var (old, @new) = (TreeState.Read(sample.Before), TreeState.Read(sample.After));
        var count = await CountAsync(sample, countsReads: true);
        var step = LongRun.Pick(always: 19, asked: 1);
        for (var operation = 0; operation < count; operation += step)
        {
            var root = sample.CopyOfBefore();
            var files = new FaultFileSystem(operation, Fault.Fail) { Error = () => Make(error), CountsReads = true };
            var isApplied = false;
            try
            {
                isApplied = (await new PatchManager(files, WideSample.Options(root)).ApplyAsync(root, sample.Diff)).Outcome == PatchOutcome.Applied;
            }
            catch (Exception refusal) when (refusal is PatchingException or IOException or UnauthorizedAccessException)
            {
                // Before the first write, while the journals are looked for; or while it was taken back, and recovery ends it.
                var recovered = await new PatchManager(WideSample.Options(root)).RecoverAsync(root, Token);
                Assert.All(recovered, static application => Assert.Equal(PatchOutcome.Rejected, application.Outcome));
            }

            Assert.True(TreeState.Difference(isApplied ? @new : old, TreeState.Read(root)).Length == 0, $"operation {operation}");
        }
    }

    [Fact]
    public async Task A_disk_that_is_really_full_leaves_the_tree_as_it_was()
    {
        using var mount = FullDisk.Mount();
        using var sample = WideSample.Create();
        var outcomes = new HashSet<PatchOutcome>();
        for (var free = 0; free <= 160; free += 8)
        {
            var root = PatchSample.CopyTree(sample.Before, Path.Combine(mount.Path, $"tree{free}"));
            mount.Fill(kibibytesLeft: free);

            var result = await new PatchManager(WideSample.Options(root)).TryApplyAsync(root, sample.Diff);

            mount.Empty();
            Assert.Equal("", TreeState.Difference(TreeState.Read(result == PatchOutcome.Applied ? sample.After : sample.Before), TreeState.Read(root)));
            outcomes.Add(result);
            Directory.Delete(root, recursive: true);
            if (Directory.Exists(root + ".journals"))
            {
                Directory.Delete(root + ".journals", recursive: true);
            }
        }

        Assert.Equal([PatchOutcome.Applied, PatchOutcome.Rejected], outcomes.Order());
    }

    private static async Task<int> CountAsync(PatchSample sample, bool countsReads)
    {
        var root = sample.CopyOfBefore();
        var files = new FaultFileSystem { CountsReads = countsReads };
        var durability = countsReads ? PatchDurability.Process : PatchDurability.Full;
        Assert.Equal(PatchOutcome.Applied, (await new PatchManager(files, WideSample.Options(root, durability)).ApplyAsync(root, sample.Diff)).Outcome);
        return files.Operations;
    }

    private static Exception Make(string error) => error switch
    {
        NoSpace => new IOException("No space left on device", 28),
        Broken => new IOException("Input/output error", 5),
        _ => new UnauthorizedAccessException("Permission denied"),
    };
}
