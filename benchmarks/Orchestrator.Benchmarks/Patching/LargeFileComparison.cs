using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis.Text;
using Orchestrator.Patching;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>(a): one file of 100,000 lines with many hunks, in memory and to disk.</summary>
internal sealed class LargeFileComparison
{
    private readonly int _hunks;
    private readonly string _diffPath;
    private readonly LargeFile _file;
    private readonly LargeFile _drifted;
    private readonly byte[] _copy;

    /// <param name="folder">Where the diff is written.</param>
    /// <param name="hunks">How many hunks it has.</param>
    public LargeFileComparison(string folder, int hunks)
    {
        _hunks = hunks;
        _file = new LargeFile(hunks);
        _drifted = new LargeFile(hunks, drift: 200);
        _copy = new byte[_file.Before.Length];
        _diffPath = Path.Combine(folder, $"large-file-{hunks}.diff");
        File.WriteAllBytes(_diffPath, _file.Diff);
        Demand(Edit(_file).Span, _file);
        Demand(Edit(_drifted).Span, _drifted);
        Demand(_file.ChangeWithRoslyn(_file.Before), _file);
    }

    public Comparison InMemory()
    {
        var text = SourceText.From(_file.Before, _file.Before.Length, Encoding.UTF8);
        var changes = _file.Changes(text);
        return new Comparison
        {
            Name = $"(a) 100,000 lines, {_hunks} hunks, in memory",
            Key = $"a-memory-{_hunks}",
            Calls = 8,
            Warmups = 10,
            Contestants =
            [
                new("Orchestrator", _ => Edit(_file).Length),
                new("Orchestrator, file drifted by 200 lines", _ => Edit(_drifted).Length),
                new("Roslyn, told the lines: bytes to bytes", _ => _file.ChangeWithRoslyn(_file.Before).Length),
                new("Roslyn, `WithChanges` alone", _ => text.WithChanges(changes).Length),
                new("limit: file copied in memory", _ => Copy()),
                new("limit: lines counted", _ => _file.Before.AsSpan().Count((byte)'\n')),
            ],
        };
    }

    public Comparison ToDisk()
    {
        var ours = new OurApplication(_file.Diff, PatchDurability.Process);
        return new Comparison
        {
            Name = $"(a) 100,000 lines, {_hunks} hunks, to disk",
            Key = $"a-disk-{_hunks}",
            Contestants =
            [
                OnDisk("Orchestrator, kill-safe", ours.RunAsync, _file),
                OnDisk("Orchestrator, kill-safe, file drifted by 200 lines", ours.RunAsync, _drifted),
                new("Orchestrator, dry run with the resulting diff", ours.PlanAsync) { Write = root => Write(root, _file) },
                Program("`git apply`", "git", "apply", _diffPath),
                Program("GNU `patch`", "patch", "-p1", "-s", "-i", _diffPath),
                OnDisk("Roslyn, told the lines", ChangeWithRoslyn, _file),
                new("limit: file read", root => File.ReadAllBytes(PathIn(root)).Length) { Write = root => Write(root, _file) },
                new("limit: file read, written beside and renamed", Rewrite) { Write = root => Write(root, _file) },
                new("limit: SHA-256 of the file", _ => SHA256.HashData(_file.Before).Length),
                new("limit: a process, `git --version`", root => ExternalProgram.Read(0, root, "git", "--version").Length) { IsProcess = true },
                new("limit: a process, `patch --version`", root => ExternalProgram.Read(0, root, "patch", "--version").Length) { IsProcess = true },
            ],
        };
    }

    private static string PathIn(string root) => Path.Combine(root, LargeFile.Name);

    private static void Write(string root, LargeFile file) => File.WriteAllBytes(PathIn(root), file.Before);

    private static void Check(string root, LargeFile file) => Demand(File.ReadAllBytes(PathIn(root)), file);

    private static ReadOnlyMemory<byte> Edit(LargeFile file)
    {
        var patch = new PatchManager().Parse(file.Diff, "task-1", PatchFormat.UnifiedDiff).Patch!.Files[0];
        return new FileEditor(new PatchOptions()).Apply(patch, file.Before).After ?? default;
    }

    private static void Demand(ReadOnlySpan<byte> after, LargeFile file)
    {
        if (!after.SequenceEqual(file.After))
        {
            throw new InvalidOperationException("The file is not what the patch makes of it: the measurement would mean nothing.");
        }
    }

    private static long Rewrite(string root) => Replace(root, File.ReadAllBytes(PathIn(root)));

    private static long Replace(string root, byte[] content)
    {
        File.WriteAllBytes(PathIn(root) + ".new", content);
        File.Move(PathIn(root) + ".new", PathIn(root), overwrite: true);
        return content.Length;
    }

    private ValueTask<long> ChangeWithRoslyn(string root) => ValueTask.FromResult(Replace(root, _file.ChangeWithRoslyn(File.ReadAllBytes(PathIn(root)))));

    private long Copy()
    {
        _file.Before.CopyTo(_copy, 0);
        return _copy.Length;
    }

    private static Contestant OnDisk(string name, Func<string, ValueTask<long>> run, LargeFile file) =>
        new(name, run) { Write = root => Write(root, file), Check = root => Check(root, file) };

    private Contestant Program(string name, string program, params string[] arguments) =>
        OnDisk(name, root => { ExternalProgram.Run(root, program, arguments); return ValueTask.FromResult(1L); }, _file) with { IsProcess = true };
}
