using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>One spoilt patch, made from a number, on its way through reading, applying and taking back.</summary>
internal sealed class FuzzCase
{
    private readonly Random _random;
    private readonly FuzzSeed _seed;
    private readonly byte[] _patch;
    private readonly PatchFormat _format;
    private readonly PatchOptions _options;
    private readonly List<FuzzFile> _files;

    public FuzzCase(int number, IReadOnlyList<FuzzSeed> seeds)
    {
        _random = SeededRandom.Create(number);
        _seed = seeds[_random.Next(seeds.Count)];
        var mutator = new PatchMutator(_random);
        _patch = mutator.Mutate(_seed.Patch, seeds[_random.Next(seeds.Count)].Patch);
        _format = _random.Next(20) switch
        {
            0 => (PatchFormat)_random.Next((int)PatchFormat.LspEdit + 1),
            < 8 => PatchFormat.Auto,
            _ => _seed.Format,
        };
        _options = Options();
        _files = [.. _seed.Files.Select(file => file.Target is null && _random.Next(12) == 0 ? file with { Bytes = mutator.Mutate(file.Bytes, _seed.Files[0].Bytes) } : file)];
    }

    /// <summary>What came of it; <see langword="null"/> when the patch could not be read.</summary>
    public PatchOutcome? Outcome { get; private set; }

    /// <summary>What was read; <see langword="null"/> when the patch could not be read.</summary>
    public PatchSet? Set { get; private set; }

    /// <summary>How many bytes reading took.</summary>
    public long ReadBytes { get; private set; }

    public int Length => _patch.Length;

    /// <summary>Whether the patch came on a disk rather than in memory.</summary>
    public bool IsOnDisk { get; init; }

    public async Task RunAsync()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var parsed = new PatchManager(_options).Parse(_patch, "task", _format);
        ReadBytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(parsed.Patch is null != parsed.Error is null, "either a patch or an error");
        if (parsed.Patch is not { } set)
        {
            Assert.True(parsed.Error is { Line: >= 1 } and not { Column: < 1 }, "an error has its place");
            Assert.True(parsed.Error!.Message.Length <= 4000, "an error is short");
            return;
        }

        using var folder = IsOnDisk ? new TemporaryDirectory() : null;
        var disk = IsOnDisk ? new PhysicalFileSystem() : (IPatchFileSystem)new InMemoryFileSystem();
        var tree = new FuzzTree(disk, folder?.Path ?? Path.GetFullPath("/above"));
        tree.Fill(_files);
        _options.JournalDirectory = tree.Journals;
        set = _random.Next(4) == 0 ? new PatchSetMutator(_random, _files).Mutate(set) : set;
        Set = set;
        var watched = new WatchedFileSystem(disk, tree.Root, tree.Journals);
        await ApplyAsync(new PatchManager(watched, _options), tree, set);
        Assert.True(watched.Trespasses.IsEmpty, $"outside: {string.Join(", ", watched.Trespasses)}");
    }

    private async Task ApplyAsync(PatchManager manager, FuzzTree tree, PatchSet set)
    {
        var token = TestContext.Current.CancellationToken;
        var before = tree.State();
        var request = new PatchRequest { Id = "a1", Root = tree.Root, Patch = set, Base = _random.Next(8) == 0 ? new FuzzBase(_seed.Files) : null };
        var plan = _random.Next(6) == 0 ? await manager.PlanAsync(request, token) : null;
        Same(before, tree, "a plan changed the tree");
        if (plan is not null && _random.Next(2) == 0)
        {
            await FormatAsync(manager, tree, set);
        }

        var applied = await manager.ApplyAsync(request, token);
        Outcome = applied.Outcome;
        Assert.True(plan is null || plan.Outcome == applied.Outcome, $"planned other than done: {plan?.Outcome}, {applied.Outcome}: {PatchConflictText.Format(applied.Conflicts)}");
        Assert.True(applied.Outcome is PatchOutcome.Applied or PatchOutcome.AlreadyApplied or PatchOutcome.Rejected, $"outcome {applied.Outcome}");
        Assert.True(applied.Outcome == PatchOutcome.Rejected == applied.Conflicts.Count > 0, $"{applied.Outcome} with {applied.Conflicts.Count} conflicts");
        Assert.True(PatchConflictText.Format(applied.Conflicts) is not null, "conflicts have a text");
        if (applied.Outcome != PatchOutcome.Applied)
        {
            Same(before, tree, $"{applied.Outcome} changed the tree");
            return;
        }

        var reverted = await manager.RevertAsync(tree.Root, "a1", token);
        Assert.True(reverted.Outcome == PatchOutcome.Reverted, $"taking back came to {reverted.Outcome}: {PatchConflictText.Format(reverted.Conflicts)}");
        Same(before, tree, "taking back did not bring back");
    }

    private async Task FormatAsync(PatchManager manager, FuzzTree tree, PatchSet set)
    {
        try
        {
            await manager.FormatAsync(set, tree.Root, (PatchFormat)_random.Next(1, (int)PatchFormat.LspEdit + 1), TestContext.Current.CancellationToken);
        }
        catch (PatchingException error) when (error.Code == PatchingException.FormatInsufficient)
        {
            // A documented answer.
        }
    }

    private static void Same(SortedDictionary<string, string> before, FuzzTree tree, string words)
    {
        var after = tree.State();
        Assert.True(before.SequenceEqual(after), $"{words}: {string.Join(", ", before.Except(after).Concat(after.Except(before)).Select(static one => one.Key).Distinct())}");
    }

    private PatchOptions Options()
    {
        var options = new PatchOptions { Durability = PatchDurability.Process };
        if (_random.Next(3) == 0)
        {
            options.AllowSymbolicLinks = _random.Next(2) == 0;
            options.AllowOverwrite = _random.Next(2) == 0;
            options.WriteMergeMarkers = _random.Next(2) == 0;
            options.RequireProof = _random.Next(4) == 0;
            options.MaxTier = (MatchTier)_random.Next((int)MatchTier.ReducedContext + 1);
            options.StripComponents = _random.Next(4) == 0 ? _random.Next(3) : null;
            options.MaxMatchWork = _random.Next(4) == 0 ? 1000 : options.MaxMatchWork;
            options.MaxFiles = _random.Next(6) == 0 ? 1 : options.MaxFiles;
        }

        return options;
    }
}
