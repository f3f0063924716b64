using Orchestrator.Patching;

namespace Orchestrator.Benchmarks.Patching;

/// <summary>(b): 1,000 files with one hunk each, to disk.</summary>
internal static class ManyFilesComparison
{
    /// <param name="folder">Where the diff is written.</param>
    public static Comparison In(string folder)
    {
        var diff = ManyFiles.Diff();
        var path = Path.Combine(folder, "many-files.diff");
        File.WriteAllBytes(path, diff);
        var killSafe = new OurApplication(diff, PatchDurability.Process);
        return new Comparison
        {
            Name = "(b) 1,000 files, 1 hunk each",
            Key = "b-tree",
            Contestants =
            [
                Applying("Orchestrator, kill-safe", killSafe.RunAsync),
                Applying("Orchestrator, journal and files on the disk", new OurApplication(diff, PatchDurability.Full).RunAsync),
                new("Orchestrator, dry run with the resulting diff", killSafe.PlanAsync) { Write = ManyFiles.Write },
                Program("`git apply`", "git", "apply", path),
                Program("GNU `patch`", "patch", "-p1", "-s", "-i", path),
                Applying("Roslyn, told the lines: written in place", root => { ManyFiles.ChangeWithRoslyn(root); return ValueTask.FromResult(1L); }),
                new("limit: files read", Read) { Write = ManyFiles.Write },
                new("limit: files read and overwritten in place", Overwrite) { Write = ManyFiles.Write },
            ],
        };
    }

    private static Contestant Applying(string name, Func<string, ValueTask<long>> run) => new(name, run) { Write = ManyFiles.Write, Check = ManyFiles.Check };

    private static Contestant Program(string name, string program, params string[] arguments) =>
        Applying(name, root => { ExternalProgram.Run(root, program, arguments); return ValueTask.FromResult(1L); }) with { IsProcess = true };

    private static long Read(string root) => ManyFiles.Paths(root).Sum(static path => (long)File.ReadAllBytes(path).Length);

    /// <summary>Without cutting the files first, which would be dearer.</summary>
    private static long Overwrite(string root)
    {
        var bytes = 0L;
        foreach (var path in ManyFiles.Paths(root))
        {
            var content = File.ReadAllBytes(path);
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            RandomAccess.Write(file, content, 0);
            bytes += content.Length;
        }

        return bytes;
    }
}
