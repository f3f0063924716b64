namespace Orchestrator.Patching;

/// <summary>A patch set of 40 files with every kind of change: made, changed, removed, renamed, copied, of another mode, of another kind, binary, read-only, link; in directories that come and go.</summary>
internal static class WideSample
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead;

    /// <summary>The journals beside the tree; every second kind of file is never seen half written.</summary>
    public static PatchOptions Options(string root, PatchDurability durability = PatchDurability.Process)
    {
        var options = PatchCalls.Beside(root, durability);
        options.AllowSymbolicLinks = true;
        options.AtomicPaths.Add("**/*.cfg");
        return options;
    }

    public static PatchSample Create() => new(Before, After, "-C", "--find-copies-harder");

    private static void Before(Orchestrator.Testing.GitRepository git)
    {
        for (var i = 0; i < 8; i++)
        {
            git.Write($"src/changed{i}.txt", PatchSample.Lines(40, $"changed {i}"));
            git.Write($"config/changed{i}.cfg", PatchSample.Lines(30, $"setting {i}"));
        }

        for (var i = 0; i < 3; i++)
        {
            git.Write($"gone/deep{i}/file.txt", PatchSample.Lines(5, $"gone {i}"));
            git.Write($"config/gone{i}.cfg", PatchSample.Lines(6, $"lost {i}"));
            git.Write($"old/moved{i}.txt", PatchSample.Lines(30, $"moved {i}"));
        }

        git.Write("src/original.txt", PatchSample.Lines(30, "original"));
        git.Write("data.bin", [0, 1, 2, 255, 254, 0, 9]);
        git.Write("run.sh", "#!/bin/sh\necho one\n");
        git.Write("locked.txt", PatchSample.Lines(12, "locked"));
        PatchSample.SetMode(git.Combine("locked.txt"), ReadOnly);
        git.Write("becomes-link", "a file\n");
        File.CreateSymbolicLink(git.Combine("link"), "run.sh");
        File.CreateSymbolicLink(git.Combine("gone-link"), "run.sh");
    }

    private static void After(Orchestrator.Testing.GitRepository git)
    {
        for (var i = 0; i < 8; i++)
        {
            git.Write($"src/changed{i}.txt", i % 2 == 0 ? PatchSample.Lines(10, $"changed {i}") + "more\n" + PatchSample.Lines(60, $"changed {i}") : PatchSample.Lines(7, $"changed {i}"));
            git.Write($"config/changed{i}.cfg", i % 2 == 0 ? "first\n" + PatchSample.Lines(30, $"setting {i}") : PatchSample.Lines(4, $"setting {i}"));
        }

        for (var i = 0; i < 3; i++)
        {
            Directory.Delete(git.Combine($"gone/deep{i}"), recursive: true);
            File.Delete(git.Combine($"config/gone{i}.cfg"));
            git.Write($"new/place{i}/moved.txt", PatchSample.Lines(30, $"moved {i}") + (i == 0 ? "" : "and a line\n"));
            File.Delete(git.Combine($"old/moved{i}.txt"));
            git.Write($"made/{i}/fresh.txt", $"fresh {i}\r\nfile");
            git.Write($"config/fresh{i}.cfg", PatchSample.Lines(9, $"fresh {i}"));
        }

        git.Write("src/copy.txt", PatchSample.Lines(30, "original") + "copied\n");
        git.Write("data.bin", [0, 1, 2, 3, 254, 0, 9, 10, 11]);
        git.Write("new.bin", [9, 0, 8, 0, 7, 255]);
        PatchSample.MakeExecutable(git.Combine("run.sh"));
        PatchSample.SetMode(git.Combine("locked.txt"), ReadOnly | UnixFileMode.UserWrite);
        git.Write("locked.txt", PatchSample.Lines(12, "locked") + "opened\n");
        PatchSample.SetMode(git.Combine("locked.txt"), ReadOnly);
        File.Delete(git.Combine("becomes-link"));
        File.CreateSymbolicLink(git.Combine("becomes-link"), "data.bin");
        File.Delete(git.Combine("link"));
        File.CreateSymbolicLink(git.Combine("link"), "locked.txt");
        File.Delete(git.Combine("gone-link"));
        File.CreateSymbolicLink(git.Combine("new-link"), "run.sh");
    }
}
