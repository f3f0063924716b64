namespace Orchestrator.Hosting;

/// <summary>Paths without links, so that two of them can be compared.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The path with every link on the way followed; what does not exist stays as it is.</summary>
    /// <exception cref="IOException">The links lead in circles.</exception>
    public static string Of(string path) => Follow(Path.GetFullPath(path), MaxLinks);

    private static string Follow(string path, int links)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var name in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var next = new DirectoryInfo(Path.Combine(real, name));
            real = next.LinkTarget is not { } target ? next.FullName
                : links > 0 ? Follow(Path.GetFullPath(target, real), links - 1)
                : throw new IOException($"Too many links lead to {path}.");
        }

        return real;
    }
}
