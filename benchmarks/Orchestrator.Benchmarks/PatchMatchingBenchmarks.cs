using BenchmarkDotNet.Attributes;
using Microsoft.CodeAnalysis.Text;
using Orchestrator.Patching;
using TextChange = Microsoft.CodeAnalysis.Text.TextChange;

namespace Orchestrator.Benchmarks;

/// <summary>Hunks of one file of 100,000 lines (4 MB): from the bytes of the diff and of the file to the bytes of the file after, in memory, beside Roslyn's <c>SourceText.WithChanges</c>.</summary>
/// <remarks>
/// The file has drifted by 200 lines where <see cref="Drift"/> says so: all hunks then stand elsewhere than they say. Roslyn neither reads a diff nor looks for its places: it is told the
/// lines of the file that has not drifted, and changes them.
/// </remarks>
[MemoryDiagnoser]
public class PatchMatchingBenchmarks
{
    private readonly PatchManager _manager = new();
    private readonly FileEditor _editor = new(new PatchOptions());
    private LargeFile _file = null!;
    private LargeFile _undrifted = null!;
    private SourceText _text = null!;
    private TextChange[] _changes = [];

    [Params(50, 1000)]
    public int Hunks { get; set; }

    [Params(0, 200)]
    public int Drift { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _file = new LargeFile(Hunks, Drift);
        _undrifted = new LargeFile(Hunks);
        _text = SourceText.From(new MemoryStream(_undrifted.Before));
        _changes = _undrifted.Changes(_text);
        if (ParseAndEdit() != _file.After.Length || RoslynFromBytesToBytes() != _undrifted.After.Length)
        {
            throw new InvalidOperationException("The patch was not applied: the measurement would mean nothing.");
        }
    }

    /// <summary>What no editor can undercut: the file copied once.</summary>
    [Benchmark(Baseline = true)]
    public byte[] Copy() => _file.Before.AsSpan().ToArray();

    [Benchmark]
    public int ParseAndEdit()
    {
        var patch = _manager.Parse(_file.Diff, "task-1", PatchFormat.UnifiedDiff).Patch!.Files[0];
        return _editor.Apply(patch, _file.Before).After?.Length ?? 0;
    }

    /// <summary>The file is decoded already, and the changes are spans of it.</summary>
    [Benchmark]
    public SourceText RoslynWithChanges() => _text.WithChanges(_changes);

    [Benchmark]
    public int RoslynFromBytesToBytes() => _undrifted.ChangeWithRoslyn(_undrifted.Before).Length;
}
