using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>What others see of an application: files that are never half written, how far it is, and that one was interrupted.</summary>
public sealed class VisibilityTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_that_must_not_be_seen_half_written_is_old_or_new_before_every_operation()
    {
        using var sample = WideSample.Create();
        var root = sample.CopyOfBefore();
        var (old, @new) = (TreeState.Read(sample.Before), TreeState.Read(sample.After));
        var paths = old.Keys.Union(@new.Keys).Where(static path => path.EndsWith(".cfg", StringComparison.Ordinal)).ToList();
        var whole = paths.ToDictionary(path => path, path => new[] { TextOf(sample.Before, path), TextOf(sample.After, path) });
        var torn = new List<string>();
        var files = new FaultFileSystem
        {
            Before = number => torn.AddRange(paths.Where(path => !whole[path].Contains(TextOf(root, path))).Select(path => $"{number}: {path}")),
        };

        var result = await new PatchManager(files, WideSample.Options(root)).ApplyAsync(root, sample.Diff);

        Assert.Equal(PatchOutcome.Applied, result.Outcome);
        Assert.Empty(torn);
        PatchCalls.AssertSame(sample.After, root);
    }

    [Fact]
    public async Task Progress_tells_journalling_and_writing_and_taking_back_up_to_the_last_file()
    {
        using var sample = WideSample.Create();
        var heard = new List<PatchProgress>();
        var progress = new Listener(heard);
        var root = sample.CopyOfBefore();
        var counting = new FaultFileSystem();
        var manager = new PatchManager(counting, WideSample.Options(root));
        await manager.ApplyAsync(new PatchRequest { Id = "a1", Root = root, Patch = manager.Read(sample.Diff), Progress = progress }, Token);
        var good = Ours(heard).ToList();
        heard.Clear();

        var other = sample.CopyOfBefore();
        var failing = new PatchManager(new FaultFileSystem(counting.Operations - 3, Fault.Fail), WideSample.Options(other));
        await failing.ApplyAsync(new PatchRequest { Id = "a1", Root = other, Patch = failing.Read(sample.Diff), Progress = progress }, Token);

        Assert.Equal([PatchStage.Journalling, PatchStage.Writing], good.Select(static step => step.Stage).Distinct());
        Assert.All(good.GroupBy(static step => step.Stage), static stage => Assert.Equal(stage.Last().Total, stage.Last().Done));
        Assert.Equal(Enumerable.Range(0, good[^1].Total + 1), good.Where(static step => step.Stage == PatchStage.Writing).Select(static step => step.Done));
        Assert.Equal(PatchStage.RollingBack, heard[^1].Stage);
        Assert.Equal(heard[^1].Total, heard[^1].Done);
    }

    [Fact]
    public async Task A_plan_is_refused_while_an_application_is_interrupted()
    {
        using var sample = WideSample.Create();
        var root = sample.CopyOfBefore();
        var options = WideSample.Options(root);
        var counting = new FaultFileSystem();
        await new PatchManager(counting, WideSample.Options("/")).ApplyAsync(sample.CopyOfBefore(), sample.Diff);
        await Assert.ThrowsAsync<PatchingException>(() => new PatchManager(new FaultFileSystem(counting.Operations - 3, Fault.Dead), options).ApplyAsync(root, sample.Diff));
        var manager = new PatchManager(options);
        var request = new PatchRequest { Id = "a2", Root = root, Patch = manager.Read(sample.Diff) };
        var torn = TreeState.Read(root);

        var error = await Assert.ThrowsAsync<PatchingException>(async () => await manager.PlanAsync(request, Token));
        var untouched = TreeState.Difference(torn, TreeState.Read(root));
        await manager.RecoverAsync(root, Token);
        var plan = await manager.PlanAsync(request, Token);

        Assert.Equal((PatchingException.RecoveryNeeded, ""), (error.Code, untouched));
        Assert.Equal(PatchOutcome.Applied, plan.Outcome);
    }

    [Fact]
    public async Task A_plan_beside_an_application_that_is_under_way_is_made()
    {
        using var sample = PatchSample.Varied();
        var root = sample.CopyOfBefore();
        var options = PatchCalls.Beside(root);
        var manager = new PatchManager(options);
        PatchPlan? plan = null;
        var files = new FaultFileSystem
        {
            Before = number =>
            {
                if (number == 6)
                {
                    plan = manager.PlanAsync(new PatchRequest { Id = "p", Root = root, Patch = manager.Read("--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n") }, Token).AsTask().GetAwaiter().GetResult();
                }
            },
        };

        await new PatchManager(files, options).ApplyAsync(root, sample.Diff);

        Assert.Equal(PatchOutcome.Applied, plan?.Outcome);
    }

    private static string? TextOf(string root, string path) => Path.Combine(root, path) is var file && File.Exists(file) ? File.ReadAllText(file, Encoding.Latin1) : null;

    private static IEnumerable<PatchProgress> Ours(IEnumerable<PatchProgress> heard) => heard.Where(static step => step.Stage != PatchStage.Planning);

    private sealed class Listener(List<PatchProgress> heard) : IProgress<PatchProgress>
    {
        public void Report(PatchProgress value) => heard.Add(value);
    }
}
