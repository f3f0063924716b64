using System.Diagnostics;
using System.Text;
using BenchmarkDotNet.Attributes;
using Orchestrator.Patching;

namespace Orchestrator.Benchmarks;

/// <summary>A unified diff of 100 files with one hunk each: read, planned and applied, beside <c>git apply</c> as a process.</summary>
/// <remarks>Our side keeps a journal, at the default durability; <c>git apply</c> keeps none. Every application gets a fresh directory.</remarks>
[MemoryDiagnoser]
public class PatchBenchmarks
{
    private const int Files = 100;
    private const int Lines = 200;
    private readonly PatchManager _manager = new();
    private byte[] _diff = [];
    private PatchSet _patch = null!;
    private string _root = "";
    private string _folder = "";
    private int _iteration;

    [GlobalSetup]
    public void Prepare()
    {
        _folder = Directory.CreateTempSubdirectory("orchestrator-benchmark-").FullName;
        _diff = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Files).Select(Hunk)));
        File.WriteAllBytes(DiffPath, _diff);
        var parsed = _manager.Parse(_diff, "task-1");
        _patch = parsed.Patch ?? throw new InvalidOperationException(parsed.Error!.Message);
    }

    [GlobalCleanup]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [IterationSetup(Targets = [nameof(GitApply), nameof(PlanAndApply)])]
    public void WriteTree()
    {
        _root = Path.Combine(_folder, $"tree-{_iteration++}");
        for (var file = 0; file < Files; file++)
        {
            var path = Path.Combine(_root, Name(file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, string.Concat(Enumerable.Range(1, Lines).Select(line => Line(file, line))));
        }
    }

    [IterationCleanup(Targets = [nameof(GitApply), nameof(PlanAndApply)])]
    public void CheckTree()
    {
        if (!File.ReadAllText(Path.Combine(_root, Name(Files - 1))).Contains("changed", StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The patch was not applied: the measurement would mean nothing.");
        }

        Directory.Delete(_root, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public async Task GitApply()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["apply", DiffPath]) { WorkingDirectory = _root })!;
        await git.WaitForExitAsync();
    }

    [Benchmark]
    public async Task<PatchOutcome> PlanAndApply()
    {
        var request = new PatchRequest { Id = "application-1", Root = _root, Patch = _manager.Parse(_diff, "task-1").Patch! };
        await _manager.PlanAsync(request, CancellationToken.None);
        return (await _manager.ApplyAsync(request, CancellationToken.None)).Outcome;
    }

    [Benchmark]
    public int Parse() => _manager.Parse(_diff, "task-1").Patch!.Files.Count + _patch.Version;

    private string DiffPath => Path.Combine(_folder, "patch.diff");

    private static string Name(int file) => $"src/folder{file % 10}/file{file}.cs";

    private static string Line(int file, int line) => $"    public int Value{line} => {file} + {line};\n";

    private static string Hunk(int file)
    {
        var middle = (Lines / 2) + (file % 20);
        var text = new StringBuilder($"diff --git a/{Name(file)} b/{Name(file)}\n--- a/{Name(file)}\n+++ b/{Name(file)}\n@@ -{middle - 3},7 +{middle - 3},7 @@\n");
        for (var line = middle - 3; line <= middle + 3; line++)
        {
            text.Append(line == middle ? $"-{Line(file, line)}+    // changed {line}\n" : $" {Line(file, line)}");
        }

        return text.ToString();
    }
}
