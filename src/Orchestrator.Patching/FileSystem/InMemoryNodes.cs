namespace Orchestrator.Patching;

/// <summary>The tree of a file system in memory. Not thread-safe.</summary>
internal sealed class InMemoryNodes(UnixFileMode directoryMode)
{
    private const int MaxLinks = 40;

    private static readonly char[] Separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];

    private readonly InMemoryNode _root = new(EntryKind.Directory, 1, directoryMode);
    private ulong _numbers = 1;
    private long _clock;

    public static IOException NotFound(string path) => new FileNotFoundException($"'{path}' is not there.");

    public static InMemoryNode Child(InMemoryNode directory, string name, string path) => directory.Children.GetValueOrDefault(name) ?? throw NotFound(path);

    /// <exception cref="IOException">The name is taken.</exception>
    public static void Put(InMemoryNode directory, string name, InMemoryNode node)
    {
        if (!directory.Children.TryAdd(name, node))
        {
            throw new IOException($"'{name}' is there already.");
        }
    }

    public static IEnumerable<string> Files(InMemoryNode directory, string prefix) => directory.Children.SelectMany(
        child => child.Value.Kind == EntryKind.Directory ? Files(child.Value, $"{prefix}{child.Key}/") : [prefix + child.Key]);

    public void Touch(InMemoryNode node) => node.Changed = ++_clock;

    public InMemoryNode Add(InMemoryNode directory, string name, EntryKind kind, UnixFileMode mode)
    {
        var node = new InMemoryNode(kind, ++_numbers, mode);
        Put(directory, name, node);
        Touch(node);
        return node;
    }

    /// <summary>What stands at a path; links above it are followed, a link at its end is not.</summary>
    public InMemoryNode? Find(string path) => Walk(Parts(Canonical(Path.GetDirectoryName(Full(path)) ?? path))) is { Kind: EntryKind.Directory } parent
        ? Parts(path) is [.., var name] ? parent.Children.GetValueOrDefault(name) : parent
        : null;

    /// <summary>A file, with no link above it.</summary>
    public InMemoryNode FileAt(string path)
    {
        var (directory, name) = Parent(path);
        var node = Child(directory, name, path);
        return node.Kind == EntryKind.File ? node : throw new IOException($"'{path}' is no file.");
    }

    /// <summary>The directory that holds a path, with no link above it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="makes">Whether directories that are not there are made.</param>
    public (InMemoryNode Directory, string Name) Parent(string path, bool makes = false)
    {
        if (Parts(path) is not [.. var above, var name])
        {
            throw new IOException("The path is the root of the file system.");
        }

        var node = _root;
        foreach (var part in above)
        {
            if (!node.Children.TryGetValue(part, out var next))
            {
                next = makes ? Add(node, part, EntryKind.Directory, directoryMode) : throw new DirectoryNotFoundException($"A directory above '{path}' is not there.");
            }

            node = next.Kind == EntryKind.Directory ? next : throw new IOException($"'{part}' above '{path}' is no directory.");
        }

        return (node, name);
    }

    /// <summary>A path with every link in it resolved; what is not there stays as it is written.</summary>
    public string Canonical(string path)
    {
        var full = Full(path);
        for (var links = 0; links <= MaxLinks; links++)
        {
            if (FirstLink(full) is not { } resolved)
            {
                return full;
            }

            full = resolved;
        }

        throw new IOException($"'{path}' has too many links.");
    }

    /// <summary>The path with the first link in it replaced by where it points; <see langword="null"/> when there is none.</summary>
    private string? FirstLink(string full)
    {
        var root = Path.GetPathRoot(full)!;
        var parts = Parts(full);
        var node = _root;
        for (var i = 0; i < parts.Length && node is not null; i++)
        {
            node = node.Children.GetValueOrDefault(parts[i]);
            if (node?.Target is { } target)
            {
                return Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine([root, .. parts[..i], target, .. parts[(i + 1)..]])));
            }
        }

        return null;
    }

    private InMemoryNode? Walk(string[] parts)
    {
        var node = _root;
        foreach (var part in parts)
        {
            if (!node.Children.TryGetValue(part, out var next))
            {
                return null;
            }

            node = next;
        }

        return node;
    }

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static string[] Parts(string path)
    {
        var full = Full(path);
        return full[Path.GetPathRoot(full)!.Length..].Split(Separators, StringSplitOptions.RemoveEmptyEntries);
    }
}
