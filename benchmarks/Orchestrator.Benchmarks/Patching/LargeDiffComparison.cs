using Orchestrator.Patching;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>(c): a unified diff of 50 MB, only read.</summary>
internal sealed class LargeDiffComparison
{
    private readonly PatchManager _manager = new();
    private readonly byte[] _diff = LargeDiff.Make();
    private readonly byte[] _copy;
    private readonly string _path;

    /// <param name="folder">Where the diff is written.</param>
    public LargeDiffComparison(string folder)
    {
        _copy = new byte[_diff.Length];
        _path = Path.Combine(folder, "large.diff");
        File.WriteAllBytes(_path, _diff);
    }

    public Comparison Parsing() => new()
    {
        Name = "(c) diff of 50 MB, only read",
        Key = "c-parse",
        Contestants =
        [
            new("Orchestrator", _ => Parse(_diff)),
            new("Orchestrator, from the file", _ => Parse(File.ReadAllBytes(_path))),
            new("Orchestrator, and every hunk's text gathered", _ => ParseAndGather()),
            new("`git apply --numstat`, from the file", root => ExternalProgram.Read(0, root, "git", "apply", "--numstat", _path).Length) { IsProcess = true },
            new("GNU `patch --dry-run`, from the file, no file to patch", root => ExternalProgram.Read(1, root, "patch", "-p1", "-f", "--dry-run", "-i", _path).Length) { IsProcess = true },
            new("limit: file read", _ => File.ReadAllBytes(_path).Length),
            new("limit: copied in memory", _ => Copy()),
            new("limit: lines counted", _ => _diff.AsSpan().Count((byte)'\n')),
        ],
    };

    private PatchSet Read(byte[] diff) => _manager.Parse(diff, "task-1", PatchFormat.UnifiedDiff).Patch!;

    private long Parse(byte[] diff)
    {
        var edits = Read(diff).Files.Sum(static file => file.Edits.Count);
        return edits == LargeDiff.Files * LargeDiff.HunksPerFile ? edits : throw new InvalidOperationException("The diff was not read whole: the measurement would mean nothing.");
    }

    private long ParseAndGather() => Read(_diff).Files.SelectMany(static file => file.Edits).Sum(static edit => (long)edit.Old.Bytes.Length + edit.New.Bytes.Length);

    private long Copy()
    {
        _diff.CopyTo(_copy, 0);
        return _copy.Length;
    }
}
