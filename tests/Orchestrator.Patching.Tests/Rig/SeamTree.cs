namespace Orchestrator.Patching;

/// <summary>Puts trees behind the seam and looks at them, by nothing but the seam.</summary>
internal static class SeamTree
{
    /// <summary>Makes a directory with all above it.</summary>
    public static void MakeDirectory(IPatchFileSystem files, string path)
    {
        if (files.GetEntry(path).Kind == EntryKind.Missing)
        {
            MakeDirectory(files, Path.GetDirectoryName(path)!);
            files.CreateDirectory(path);
        }
    }

    public static void Write(IPatchFileSystem files, string path, ReadOnlySpan<byte> bytes)
    {
        MakeDirectory(files, Path.GetDirectoryName(path)!);
        if (files.GetEntry(path).Kind != EntryKind.Missing)
        {
            files.DeleteFile(path);
        }

        using var file = files.CreateFile(path);
        file.Write(0, bytes);
    }

    /// <summary>Copies a tree from the disk.</summary>
    public static void Load(IPatchFileSystem files, string from, string root)
    {
        MakeDirectory(files, root);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(root, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                files.CreateLink(target, link);
            }
            else if (entry is DirectoryInfo)
            {
                Load(files, entry.FullName, target);
            }
            else
            {
                Write(files, target, File.ReadAllBytes(entry.FullName));
                files.SetMode(target, OperatingSystem.IsWindows() ? default : entry.UnixFileMode);
            }
        }
    }

    /// <summary>Every path with what stands there.</summary>
    public static SortedDictionary<string, string> Read(IPatchFileSystem files, string root)
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Read(files, root, "", state);
        return state;
    }

    private static void Read(IPatchFileSystem files, string root, string prefix, SortedDictionary<string, string> state)
    {
        foreach (var name in files.List(Path.Combine(root, prefix)))
        {
            var path = Path.Combine(root, prefix, name);
            var entry = files.GetEntry(path);
            state[prefix + name] = entry.Kind switch
            {
                EntryKind.File => $"{entry.Mode}: {Convert.ToHexString(files.ReadFile(path, 1 << 24))}",
                EntryKind.Link => "-> " + files.ReadLink(path),
                _ => $"{entry.Kind}",
            };
            if (entry.Kind == EntryKind.Directory)
            {
                Read(files, root, $"{prefix}{name}/", state);
            }
        }
    }
}
