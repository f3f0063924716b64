namespace Orchestrator.Patching;

/// <summary>A directory with the tree in it and files beside it, anywhere.</summary>
internal sealed class FuzzTree(IPatchFileSystem files, string above)
{
    private const long Max = 1 << 28;

    public string Root { get; } = Path.Combine(above, "root");

    public string Journals { get; } = Path.Combine(above, "journals");

    public void Fill(IEnumerable<FuzzFile> tree)
    {
        Directory(Root);
        Directory(Journals);
        Write(Path.Combine(above, "out", "a.txt"), "one\ntwo\nthree\n"u8, isExecutable: false);
        Write(Path.Combine(above, "a.txt"), "one\ntwo\nthree\n"u8, isExecutable: false);
        foreach (var file in tree)
        {
            var path = Path.Combine(Root, file.Path);
            if (file.Target is { } target)
            {
                Directory(Path.GetDirectoryName(path)!);
                files.CreateLink(path, target);
            }
            else
            {
                Write(path, file.Bytes, file.IsExecutable);
            }
        }
    }

    /// <summary>All that stands in the directory but the journals: kinds, modes and bytes.</summary>
    public SortedDictionary<string, string> State()
    {
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(state, above);
        return state;
    }

    private void Add(SortedDictionary<string, string> state, string path)
    {
        var entry = files.GetEntry(path);
        var content = entry.Kind switch
        {
            EntryKind.File => Convert.ToBase64String(files.ReadFile(path, Max)),
            EntryKind.Link => files.ReadLink(path),
            _ => "",
        };
        state[path] = $"{entry.Kind} {entry.Mode} {content}";
        if (entry.Kind == EntryKind.Directory && path != Journals)
        {
            foreach (var name in files.List(path))
            {
                Add(state, Path.Combine(path, name));
            }
        }
    }

    private void Write(string path, ReadOnlySpan<byte> bytes, bool isExecutable)
    {
        Directory(Path.GetDirectoryName(path)!);
        using (var file = files.CreateFile(path))
        {
            file.Write(0, bytes);
        }

        files.SetMode(path, (UnixFileMode)(isExecutable ? 0b111_101_101 : 0b110_100_100));
    }

    private void Directory(string path)
    {
        if (files.GetEntry(path).Kind == EntryKind.Missing)
        {
            Directory(Path.GetDirectoryName(path)!);
            files.CreateDirectory(path);
        }
    }
}
