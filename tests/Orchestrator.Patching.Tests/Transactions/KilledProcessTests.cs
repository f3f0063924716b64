using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>Real processes that are killed while they apply a patch set of 40 files, and while they recover from that.</summary>
public sealed class KilledProcessTests(ITestOutputHelper output)
{
    private const int AtOnce = 2;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_killed_at_any_write_leaves_the_tree_old_or_new()
    {
        using var killed = await KilledTree.CreateAsync(Token);
        var count = await killed.CountAsync();
        var outcomes = new PatchOutcome[count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token };

        await Parallel.ForAsync(0, count, options, async (operation, _) =>
        {
            var root = killed.NewRoot();
            Assert.True((await CrashProcess.RunAsync(root, killed.Diff, operation)).IsKilled, $"operation {operation}");
            outcomes[operation] = await killed.RecoverAsync(root, $"operation {operation}");
        });

        output.WriteLine($"{count} writes");
        Assert.Equal([PatchOutcome.Applied, PatchOutcome.Rejected], outcomes.Distinct().Order());
    }

    [Fact]
    public async Task A_process_killed_at_a_random_instant_leaves_the_tree_old_or_new()
    {
        using var killed = await KilledTree.CreateAsync(Token);
        var random = new Random(20_262);
        var duration = (await CrashProcess.RunAsync(killed.NewRoot(), killed.Diff, -1)).Duration;
        var instants = Enumerable.Range(0, LongRun.Pick(always: 60, asked: 2000)).Select(_ => random.Next(duration)).ToArray();
        var outcomes = new PatchOutcome[instants.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token };

        await Parallel.ForAsync(0, instants.Length, options, async (i, _) =>
        {
            var root = killed.NewRoot();
            await CrashProcess.RunAsync(root, killed.Diff, -1, instants[i]);
            outcomes[i] = await killed.RecoverAsync(root, $"killed {instants[i]} microseconds after the first write");
            KilledTree.Remove(root);
        });

        output.WriteLine($"{instants.Length} instants within {duration} microseconds: {outcomes.Count(static outcome => outcome == PatchOutcome.Applied)} applied");
        Assert.Contains(PatchOutcome.Rejected, outcomes);
    }

    [Fact]
    public async Task A_recovery_that_is_killed_at_any_write_is_recovered_from()
    {
        using var killed = await KilledTree.CreateAsync(Token);
        var count = await killed.CountAsync();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Token };

        // Everything is written, and the last record is missing: all of it must be taken back.
        var step = LongRun.Pick(always: 5, asked: 1);
        await Parallel.ForAsync(0, AtOnce, options, async (lane, _) =>
        {
            var isKilled = true;
            for (var second = lane * step; isKilled; second += AtOnce * step)
            {
                var root = killed.NewRoot();
                await killed.InterruptAsync(root, count - 2);
                isKilled = (await CrashProcess.RunAsync(root, null, second)).IsKilled;
                Assert.Equal(PatchOutcome.Rejected, await killed.RecoverAsync(root, $"second {second}"));
                KilledTree.Remove(root);
            }
        });
    }

    private sealed class KilledTree : IDisposable
    {
        private readonly PatchSample _sample = WideSample.Create();
        private readonly Lock _lock = new();
        private readonly IReadOnlyDictionary<string, FileState> _old;
        private readonly IReadOnlyDictionary<string, FileState> _new;

        private KilledTree() => (_old, _new) = (TreeState.Read(_sample.Before), TreeState.Read(_sample.After));

        public string Diff { get; private set; } = "";

        public static async Task<KilledTree> CreateAsync(CancellationToken cancellationToken)
        {
            var tree = new KilledTree();
            tree.Diff = tree._sample.Temporary("diff");
            await File.WriteAllBytesAsync(tree.Diff, tree._sample.Diff, cancellationToken);
            Assert.Equal(40, new PatchManager(WideSample.Options("/")).Read(tree._sample.Diff).Files.Count);
            return tree;
        }

        public string NewRoot()
        {
            lock (_lock)
            {
                return _sample.CopyOfBefore();
            }
        }

        public static void Remove(string root)
        {
            Directory.Delete(root, recursive: true);
            Directory.Delete(root + ".journals", recursive: true);
        }

        public async Task<int> CountAsync()
        {
            var root = NewRoot();
            var files = new FaultFileSystem();
            Assert.Equal(PatchOutcome.Applied, (await new PatchManager(files, WideSample.Options(root)).ApplyAsync(root, _sample.Diff)).Outcome);
            Assert.Equal("", TreeState.Difference(_new, TreeState.Read(root)));
            return files.Operations;
        }

        public Task<PatchingException> InterruptAsync(string root, int operation) => Assert.ThrowsAsync<PatchingException>(
            () => new PatchManager(new FaultFileSystem(operation, Fault.Dead), WideSample.Options(root)).ApplyAsync(root, _sample.Diff));

        public async Task<PatchOutcome> RecoverAsync(string root, string when)
        {
            var recovered = await new PatchManager(WideSample.Options(root)).RecoverAsync(root, Token);
            var outcome = recovered.Count == 0 ? PatchOutcome.Rejected : recovered[0].Outcome;
            var difference = TreeState.Difference(outcome == PatchOutcome.Applied ? _new : _old, TreeState.Read(root));
            Assert.True(difference.Length == 0, $"{when}: {outcome} {difference}");
            Assert.All(recovered, static application => Assert.Empty(application.Conflicts));
            return outcome;
        }

        public void Dispose() => _sample.Dispose();
    }
}
