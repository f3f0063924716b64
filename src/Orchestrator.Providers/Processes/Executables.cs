namespace Orchestrator.Providers.Processes;

/// <summary>Finds programs as a shell would, without one.</summary>
public static class Executables
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Finds a program: a bare name on PATH, anything with a separator as a path.</summary>
    /// <param name="executable">The name or path; a leading <c>~/</c> is the user's home.</param>
    /// <param name="workingDirectory">Where a relative path starts; <see langword="null"/> for the current directory.</param>
    /// <returns>The absolute path; <see langword="null"/> when there is no such program or it may not be executed.</returns>
    public static string? Find(string executable, string? workingDirectory = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(executable);
        var name = ExpandHome(executable);
        if (name.Contains('/', StringComparison.Ordinal) || name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return Candidates(Path.GetFullPath(name, workingDirectory ?? Environment.CurrentDirectory)).FirstOrDefault(IsExecutable);
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .SelectMany(folder => Candidates(Path.Combine(folder, name)))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Replaces a leading <c>~</c> by the user's home.</summary>
    /// <param name="path">A path.</param>
    /// <returns>The path without <c>~</c>.</returns>
    internal static string ExpandHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
            : path;

    /// <summary>A path of a setting, which may begin with <c>~</c>, from the root on.</summary>
    internal static string FullPath(string path) => Path.GetFullPath(ExpandHome(path));

    private static string[] Candidates(string path) =>
        OperatingSystem.IsWindows() && !Path.HasExtension(path) ? [path + ".exe", path + ".cmd", path] : [path];

    private static bool IsExecutable(string path) =>
        File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
}
