using BenchmarkDotNet.Attributes;
using Orchestrator.Patching;

namespace Orchestrator.Benchmarks;

/// <summary>A unified diff of 50 MB, with 3,187 files and 31,870 hunks: only read, beside <c>git apply --numstat</c> and GNU <c>patch --dry-run</c> as processes, and beside what reading its bytes at all costs.</summary>
/// <remarks>
/// Hunks stay stretches of the patch until somebody reads them, so reading allocates a few hundred bytes a hunk and nothing a line; <see cref="ParseAndReadAll"/> adds what gathering
/// every hunk's two sides costs.
/// </remarks>
[MemoryDiagnoser]
public class PatchParseBenchmarks
{
    private readonly PatchManager _manager = new();
    private byte[] _diff = [];
    private string _folder = "";

    [GlobalSetup]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("orchestrator-benchmark-").FullName;
        _diff = LargeDiff.Make();
        File.WriteAllBytes(Path.Combine(_folder, "large.diff"), _diff);
        if (Parse() != LargeDiff.Files * LargeDiff.HunksPerFile)
        {
            throw new InvalidOperationException("The diff was not read whole: the measurement would mean nothing.");
        }
    }

    [GlobalCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Benchmark(Baseline = true)]
    public int GitApplyNumstat() => ExternalProgram.Read(0, _folder, "git", "apply", "--numstat", "large.diff").Length;

    /// <summary>It finds none of the files, as there are none, so that it only reads the diff and says for each what it passes over.</summary>
    [Benchmark]
    public int GnuPatchDryRun() => ExternalProgram.Read(1, _folder, "patch", "-p1", "-f", "--dry-run", "-i", "large.diff").Length;

    [Benchmark]
    public int Parse() => _manager.Parse(_diff, "task-1", PatchFormat.UnifiedDiff).Patch!.Files.Sum(static file => file.Edits.Count);

    [Benchmark]
    public long ParseAndReadAll()
    {
        var bytes = 0L;
        foreach (var file in _manager.Parse(_diff, "task-1", PatchFormat.UnifiedDiff).Patch!.Files)
        {
            foreach (var edit in file.Edits)
            {
                bytes += edit.Old.Bytes.Span.Length + edit.New.Bytes.Span.Length;
            }
        }

        return bytes;
    }

    [Benchmark]
    public int CountLines() => _diff.AsSpan().Count((byte)'\n');
}
