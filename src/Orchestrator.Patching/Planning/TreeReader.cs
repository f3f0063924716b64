using System.Text;

namespace Orchestrator.Patching;

/// <summary>Reads a tree without ever following a link.</summary>
internal sealed class TreeReader(IPatchFileSystem files, string root, long maxFileBytes)
{
    public string Root => root;

    public IPatchFileSystem Files => files;

    public string FullPath(string path) => Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar));

    public static IEnumerable<string> Parents(string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            yield return path[..slash];
        }
    }

    /// <summary>The first parent that is there and is no directory; <see langword="null"/> when there is none.</summary>
    public (string Path, EntryKind Kind)? Obstacle(string path)
    {
        foreach (var parent in Parents(path))
        {
            var kind = files.GetEntry(FullPath(parent)).Kind;
            if (kind == EntryKind.Missing)
            {
                return null;
            }

            if (kind != EntryKind.Directory)
            {
                return (parent, kind);
            }
        }

        return null;
    }

    /// <summary>What stands at a path whose parents were checked.</summary>
    public FileEntry Entry(string path) => files.GetEntry(FullPath(path));

    /// <summary>Reads what stands at a path: a file or a link.</summary>
    public FileImage? Read(string path, FileEntry entry) => entry.Kind switch
    {
        EntryKind.File => new FileImage(EntryKind.File, files.ReadFile(FullPath(path), maxFileBytes), entry.Mode),
        EntryKind.Link => new FileImage(EntryKind.Link, Encoding.UTF8.GetBytes(files.ReadLink(FullPath(path))), default),
        _ => null,
    };
}
