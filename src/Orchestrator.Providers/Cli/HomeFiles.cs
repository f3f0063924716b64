namespace Orchestrator.Providers.Cli;

/// <summary>
/// Writes an agent's settings files into the home of its execution; nobody else may read them. Where an earlier execution of the same home left links in the way, they
/// are removed: following them would write where an agent pointed.
/// </summary>
internal static class HomeFiles
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="home">The home directory.</param>
    /// <param name="files">Contents by path below the home, with slashes.</param>
    public static void Write(string home, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (path, content) in files)
        {
            var parts = path.Split('/');
            var folder = home;
            foreach (var part in parts[..^1])
            {
                folder = Path.Combine(folder, part);
                CreateFolder(folder);
            }

            WriteFile(Path.Combine(folder, parts[^1]), content);
        }
    }

    private static void WriteFile(string file, string content)
    {
        File.Delete(file); // Of a link, the link alone.
        var access = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            access.UnixCreateMode = Owner;
        }

        using var writer = new StreamWriter(file, access);
        writer.Write(content);
    }

    private static void CreateFolder(string folder)
    {
        if (new FileInfo(folder) is { LinkTarget: not null } or { Exists: true })
        {
            File.Delete(folder);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
        }
    }
}
