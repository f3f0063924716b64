namespace Orchestrator.Containers.Local.Starting;

/// <summary>Finds programs as a shell would, without one.</summary>
internal static class Executables
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Finds a program: a bare name on the search path, anything with a separator as a path from the directory on.</summary>
    /// <returns>The absolute path; <see langword="null"/> when there is none, or it may not be executed.</returns>
    public static string? Find(string name, string? searchPath, string directory)
    {
        var isPath = name.Contains('/', StringComparison.Ordinal) || name.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal);
        var places = isPath
            ? [Path.GetFullPath(name, directory)]
            : (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, name));
        return places.SelectMany(Endings).FirstOrDefault(IsExecutable);
    }

    private static string[] Endings(string path) => OperatingSystem.IsWindows() && !Path.HasExtension(path) ? [path + ".exe", path + ".cmd", path] : [path];

    private static bool IsExecutable(string path) => File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0);
}
