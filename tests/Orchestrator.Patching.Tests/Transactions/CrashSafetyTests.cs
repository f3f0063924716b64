using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Kills, failures and repeated crashes at every operation that changes anything.</summary>
public sealed class CrashSafetyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_crash_during_recovery_from_a_crash_is_recovered_too()
    {
        using var sample = PatchSample.Varied();
        var (old, @new) = (TreeState.Read(sample.Before), TreeState.Read(sample.After));
        var count = await CountOperationsAsync(sample);
        for (var operation = 1; operation < count; operation += 3)
        {
            var ended = false;
            for (var second = 0; !ended; second++)
            {
                var root = sample.CopyOfBefore();
                await Assert.ThrowsAsync<PatchingException>(() => new PatchManager(new FaultFileSystem(operation, Fault.Dead), PatchCalls.Beside(root)).ApplyAsync(root, sample.Diff));
                var files = new FaultFileSystem(second, Fault.Dead);
                ended = await RunsAsync(async () => await new PatchManager(files, PatchCalls.Beside(root)).RecoverAsync(root, Token));

                var recovered = await new PatchManager(PatchCalls.Beside(root)).RecoverAsync(root, Token);

                var outcome = recovered.Count == 0 ? PatchOutcome.Rejected : recovered[0].Outcome;
                Assert.Equal("", TreeState.Difference(outcome == PatchOutcome.Applied ? @new : old, TreeState.Read(root)));
            }
        }
    }

    [Fact]
    public async Task A_crash_while_reverting_is_finished_by_recovery()
    {
        using var sample = PatchSample.Varied();
        var old = TreeState.Read(sample.Before);
        var @new = TreeState.Read(sample.After);
        var ended = false;
        for (var operation = 0; !ended; operation++)
        {
            var root = sample.CopyOfBefore();
            await new PatchManager(PatchCalls.Beside(root)).ApplyAsync(root, sample.Diff);
            var files = new FaultFileSystem(operation, Fault.Dead);
            ended = await RunsAsync(async () => await new PatchManager(files, PatchCalls.Beside(root)).RevertAsync(root, "a1", Token));

            var recovered = Assert.Single(await new PatchManager(PatchCalls.Beside(root)).RecoverAsync(root, Token));

            Assert.Empty(recovered.Conflicts);
            Assert.Equal("", TreeState.Difference(recovered.Outcome == PatchOutcome.Reverted ? old : @new, TreeState.Read(root)));
        }
    }

    [Fact]
    public async Task Recovery_leaves_alone_what_somebody_changed_after_the_crash()
    {
        using var sample = PatchSample.Varied();
        var root = sample.CopyOfBefore();
        var count = await CountOperationsAsync(sample);
        await Assert.ThrowsAsync<PatchingException>(() => new PatchManager(new FaultFileSystem(count - 2, Fault.Dead), PatchCalls.Beside(root)).ApplyAsync(root, sample.Diff));
        await File.WriteAllTextAsync(Path.Combine(root, "grow.txt"), "mine\n", Token);

        var recovered = Assert.Single(await new PatchManager(PatchCalls.Beside(root)).RecoverAsync(root, Token));

        Assert.Equal(PatchOutcome.Conflicted, recovered.Outcome);
        var conflict = Assert.Single(recovered.Conflicts);
        Assert.Equal((PatchConflictCode.RecoveryConflict, "grow.txt"), (conflict.Code, conflict.Path));
        Assert.Equal("mine\n", await File.ReadAllTextAsync(Path.Combine(root, "grow.txt"), Token));
        var kept = Assert.Single(Directory.GetFiles(root + ".journals", "*.kept", SearchOption.AllDirectories));
        Assert.Equal(PatchSample.Lines(30), await File.ReadAllTextAsync(kept, Token));
        Assert.Equal(PatchSample.Lines(40), await File.ReadAllTextAsync(Path.Combine(root, "shrink.txt"), Token));
    }

    [Fact]
    public async Task A_file_that_changes_between_check_and_write_stops_the_application()
    {
        using var sample = PatchSample.Varied();
        var root = sample.CopyOfBefore();
        var mine = Path.Combine(root, "shrink.txt");
        var journal = root + ".journals";
        var files = new FaultFileSystem
        {
            Before = _ =>
            {
                if (Directory.Exists(journal) && Directory.GetFiles(journal, "*.jrnl", SearchOption.AllDirectories).Length > 0)
                {
                    File.WriteAllText(mine, "mine\n");
                }
            },
        };

        var result = await new PatchManager(files, PatchCalls.Beside(root)).ApplyAsync(root, sample.Diff);

        Assert.Equal(PatchOutcome.Rejected, result.Outcome);
        Assert.Equal((PatchConflictCode.ChangedMeanwhile, "shrink.txt"), (result.Conflicts[0].Code, result.Conflicts[0].Path));
        Assert.Equal("mine\n", await File.ReadAllTextAsync(mine, Token));
        File.Copy(Path.Combine(sample.Before, "shrink.txt"), mine, overwrite: true);
        PatchCalls.AssertSame(sample.Before, root);
    }

    [Fact]
    public async Task Cancellation_in_the_middle_takes_everything_back()
    {
        using var sample = PatchSample.Varied();
        var count = await CountOperationsAsync(sample);
        for (var operation = 2; operation < count; operation += 2)
        {
            var root = sample.CopyOfBefore();
            using var source = new CancellationTokenSource();
            var at = operation;
            var files = new FaultFileSystem { Before = number => { if (number == at) { source.Cancel(); } } };
            var manager = new PatchManager(files, PatchCalls.Beside(root));
            var request = new PatchRequest { Id = "a1", Root = root, Patch = manager.Read(sample.Diff) };

            var cancelled = !await RunsAsync(async () => await manager.ApplyAsync(request, source.Token));

            PatchCalls.AssertSame(cancelled ? sample.Before : sample.After, root);
        }
    }

    private static async Task<int> CountOperationsAsync(PatchSample sample, PatchDurability durability = PatchDurability.Process)
    {
        var root = sample.CopyOfBefore();
        var files = new FaultFileSystem();
        var result = await new PatchManager(files, PatchCalls.Beside(root, durability)).ApplyAsync(root, sample.Diff);
        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        PatchCalls.AssertSame(sample.After, root);
        return files.Operations;
    }

    private static async Task<bool> RunsAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Exception error) when (error is PatchingException or OperationCanceledException)
        {
            return false;
        }
    }
}
