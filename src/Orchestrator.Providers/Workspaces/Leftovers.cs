namespace Orchestrator.Providers.Workspaces;

/// <summary>Moves files out of a tree, never through a link and never over one that was moved before.</summary>
internal sealed class Leftovers(string root, string destination)
{
    /// <summary>Moves what stands at a path; nothing happens when there is nothing.</summary>
    public void Move(string path)
    {
        var parts = path.Split('/');
        if (Path.IsPathRooted(path) || parts.Any(part => part is "" or "." or ".." || part.Equals(".git", StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"'{path}' is not a path inside the tree.", nameof(path));
        }

        if (LinkedParent(parts))
        {
            return;
        }

        var from = Path.Combine(root, path);
        var to = FreeName(Path.Combine(destination, path));
        var file = new FileInfo(from);
        if (file.Exists || file.LinkTarget is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            MoveFile(file, to);
        }
        else if (Directory.Exists(from))
        {
            MoveDirectory(from, to);
        }
    }

    /// <summary>Removes the directories that are empty now above the paths.</summary>
    public void RemoveEmptyParents(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            for (var parent = Path.GetDirectoryName(path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
            {
                var directory = new DirectoryInfo(Path.Combine(root, parent));
                if (directory.LinkTarget is not null || (directory.Exists && directory.EnumerateFileSystemInfos().Any()))
                {
                    break;
                }

                if (directory.Exists)
                {
                    directory.Delete();
                }
            }
        }
    }

    private static string FreeName(string path)
    {
        var free = path;
        for (var number = 1; Path.Exists(free); number++)
        {
            free = $"{path}.{number}";
        }

        return free;
    }

    private static void MoveFile(FileInfo file, string to)
    {
        if (file.LinkTarget is { } target)
        {
            File.CreateSymbolicLink(to, target);
            file.Delete();
        }
        else
        {
            file.MoveTo(to);
        }
    }

    private static void MoveDirectory(string from, string to)
    {
        // A move across file systems is a copy; files are moved one by one, as .NET does that for files only.
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            if (entry is DirectoryInfo && entry.LinkTarget is null)
            {
                MoveDirectory(entry.FullName, target);
            }
            else
            {
                MoveFile(new FileInfo(entry.FullName), FreeName(target));
            }
        }

        Directory.Delete(from);
    }

    private bool LinkedParent(string[] parts)
    {
        var current = root;
        foreach (var part in parts[..^1])
        {
            current = Path.Combine(current, part);
            if (new FileInfo(current).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }
}
