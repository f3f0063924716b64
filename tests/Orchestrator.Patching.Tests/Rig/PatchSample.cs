using System.Text;
using Orchestrator.Testing;

namespace Orchestrator.Patching;

/// <summary>A tree, the tree it becomes, and the git diff between them; made by real git.</summary>
internal sealed class PatchSample : IDisposable
{
    private readonly GitRepository _repository = GitRepository.Init();
    private readonly TemporaryDirectory _copies = new();
    private int _count;

    public PatchSample(Action<GitRepository> before, Action<GitRepository> after, params string[] detection)
    {
        before(_repository);
        _repository.Commit("before");
        Before = Copy();
        after(_repository);
        _repository.Run("add", "--all");
        _repository.Run("clean", "-fdq");
        After = Copy();
        var diff = _copies.Combine("the.diff");
        _repository.Run(["diff", "--cached", "--binary", "--full-index", "-M", .. detection, $"--output={diff}", "HEAD"]);
        Diff = File.ReadAllBytes(diff);
    }

    public string Before { get; }

    public string After { get; }

    public byte[] Diff { get; }

    /// <summary>Many kinds of change at once.</summary>
    public static PatchSample Varied() => new(
        static git =>
        {
            git.Write("grow.txt", Lines(30));
            git.Write("shrink.txt", Lines(40));
            git.Write("run.sh", "#!/bin/sh\necho one\n");
            git.Write("gone/only.txt", "alone\n");
            git.Write("old name.txt", Lines(20, "moved"));
            git.Write("kept.txt", "kept\n");
            git.Write("data.bin", [0, 1, 2, 255, 254, 0, 9]);
        },
        static git =>
        {
            git.Write("grow.txt", Lines(10) + "more\nand more\n" + Lines(50));
            git.Write("shrink.txt", Lines(5));
            git.Write("run.sh", "#!/bin/sh\necho two\n");
            MakeExecutable(git.Combine("run.sh"));
            Directory.Delete(git.Combine("gone"), recursive: true);
            Directory.CreateDirectory(git.Combine("new/deep"));
            File.Move(git.Combine("old name.txt"), git.Combine("new/deep/näme.txt"));
            git.Write("data.bin", [0, 1, 2, 3, 254, 0, 9, 10, 11]);
            git.Write("made/fresh.txt", "fresh\r\nfile");
        });

    public static string Lines(int count, string word = "line") => string.Concat(Enumerable.Range(1, count).Select(i => $"{word} {i}\n"));

    public static void MakeExecutable(string path) => SetMode(path, (UnixFileMode)0b111_101_101);

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    /// <summary>A fresh copy of the tree before.</summary>
    public string CopyOfBefore() => CopyTree(Before, _copies.Combine($"work{_count++}"));

    public string Temporary(string name) => _copies.Combine(name + _count++);

    public void Dispose()
    {
        _repository.Dispose();
        _copies.Dispose();
    }

    public static string CopyTree(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry.Name == ".git")
            {
                continue;
            }

            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else if (entry is DirectoryInfo)
            {
                CopyTree(entry.FullName, target);
            }
            else
            {
                File.Copy(entry.FullName, target);
            }
        }

        return to;
    }

    private string Copy() => CopyTree(_repository.Path, _copies.Combine($"tree{_count++}"));
}

/// <summary>Short ways to use the manager in tests.</summary>
internal static class PatchCalls
{
    public static PatchSet Read(this PatchManager manager, byte[] diff)
    {
        var result = manager.Parse(diff, "task");
        Assert.Null(result.Error);
        return result.Patch!;
    }

    public static PatchSet Read(this PatchManager manager, string diff) => manager.Read(Encoding.UTF8.GetBytes(diff));

    public static async Task<PatchApplication> ApplyAsync(this PatchManager manager, string root, byte[] diff, string id = "a1") =>
        await manager.ApplyAsync(new PatchRequest { Id = id, Root = root, Patch = manager.Read(diff) }, TestContext.Current.CancellationToken);

    public static Task<PatchApplication> ApplyAsync(this PatchManager manager, string root, string diff, string id = "a1") =>
        manager.ApplyAsync(root, Encoding.UTF8.GetBytes(diff), id);

    /// <summary>Applies where it may be impossible even to begin, or to take back: then recovery has the last word.</summary>
    public static async Task<PatchOutcome> TryApplyAsync(this PatchManager manager, string root, byte[] diff)
    {
        try
        {
            return (await manager.ApplyAsync(root, diff)).Outcome;
        }
        catch (PatchingException)
        {
            return PatchOutcome.Rejected;
        }
    }

    /// <summary>The journals stand beside the tree, so that the tree can be compared as a whole.</summary>
    public static PatchOptions Beside(string root, PatchDurability durability = PatchDurability.Process) =>
        new() { JournalDirectory = root + ".journals", Durability = durability };

    public static void AssertSame(string expected, string actual) => Assert.Equal("", TreeState.Difference(TreeState.Read(expected), TreeState.Read(actual)));
}
