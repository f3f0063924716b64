using BenchmarkDotNet.Attributes;
using Orchestrator.Patching;

namespace Orchestrator.Benchmarks;

/// <summary>
/// A unified diff of 1,000 files of 8 KB with one hunk each, read, planned and applied, beside <c>git apply</c> and GNU <c>patch</c> as processes, and beside Roslyn, which is told the lines.
/// </summary>
/// <remarks>
/// Every application gets a fresh copy of the tree, made before anything is measured. Ours keeps a journal and can be killed at any instant; with <see cref="PatchDurability.Full"/> journal and files are
/// on the disk before it ends. None of the others does either. All iterations of one come before those of the next: <c>--patching</c> takes them in turns.
/// </remarks>
[WarmupCount(Warmups)]
[IterationCount(Iterations)]
[InvocationCount(1)]
public class PatchTreeBenchmarks
{
    private const int Warmups = 3;
    private const int Iterations = 11;
    private const int Trees = Warmups + Iterations + 4;

    private readonly PatchManager _killSafe = new(new PatchOptions { Durability = PatchDurability.Process });
    private readonly PatchManager _durable = new(new PatchOptions { Durability = PatchDurability.Full });
    private byte[] _diff = [];
    private string _folder = "";
    private string _root = "";
    private int _iteration;

    private string DiffPath => Path.Combine(_folder, "patch.diff");

    [GlobalSetup]
    public async Task Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("orchestrator-benchmark-").FullName;
        _diff = ManyFiles.Diff();
        File.WriteAllBytes(DiffPath, _diff);
        for (var tree = 0; tree < Trees; tree++)
        {
            ManyFiles.Write(Path.Combine(_folder, $"tree-{tree}"));
        }

        // What is dirty is written back before the clock runs, for all alike; and the files are old enough for their times to prove something.
        ExternalProgram.Run(_folder, "sync");
        await Task.Delay(TimeSpan.FromSeconds(2.1), TimeProvider.System);
    }

    [GlobalCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [IterationSetup]
    public void NextTree() => _root = Path.Combine(_folder, $"tree-{_iteration++}");

    [IterationCleanup]
    public void CheckTree() => ManyFiles.Check(_root);

    [Benchmark(Baseline = true)]
    public void GitApply() => ExternalProgram.Run(_root, "git", "apply", DiffPath);

    [Benchmark]
    public void GnuPatch() => ExternalProgram.Run(_root, "patch", "-p1", "-s", "-i", DiffPath);

    [Benchmark]
    public void Roslyn() => ManyFiles.ChangeWithRoslyn(_root);

    [Benchmark]
    public Task<PatchOutcome> KillSafe() => ApplyAsync(_killSafe);

    [Benchmark]
    public Task<PatchOutcome> Durable() => ApplyAsync(_durable);

    private async Task<PatchOutcome> ApplyAsync(PatchManager manager)
    {
        var request = new PatchRequest { Id = "application-1", Root = _root, Patch = manager.Parse(_diff, "task-1").Patch! };
        return (await manager.ApplyAsync(request, CancellationToken.None)).Outcome;
    }
}
