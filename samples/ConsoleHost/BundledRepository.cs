using System.Diagnostics;

namespace ConsoleHost;

/// <summary>Makes a git repository of its own from the bundled folder, as if it were the user's.</summary>
internal static class BundledRepository
{
    public static string Copy()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Inventory");
        var target = Directory.CreateTempSubdirectory("inventory-").FullName;
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Git(target, "init", "--quiet");
        Git(target, "add", "--all");
        Git(target, "-c", "user.name=Sample", "-c", "user.email=sample@example.invalid", "commit", "--quiet", "--message", "Begin");
        return target;
    }

    private static void Git(string directory, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = directory })
            ?? throw new InvalidOperationException("git could not be started: install it, https://git-scm.com.");
        git.WaitForExit();
        if (git.ExitCode != 0)
        {
            throw new InvalidOperationException($"git {arguments[0]} failed with exit code {git.ExitCode}.");
        }
    }
}
