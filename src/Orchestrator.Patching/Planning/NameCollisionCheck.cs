namespace Orchestrator.Patching;

/// <summary>Refuses new names that some file systems do not tell from names that are there, or from each other.</summary>
internal sealed class NameCollisionCheck(TreeOverlay overlay)
{
    private readonly Dictionary<string, ILookup<string, string>> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _fresh = new(StringComparer.Ordinal);

    public void Check(List<PatchConflict> conflicts)
    {
        foreach (var (path, planned) in overlay.After)
        {
            if (planned is null || overlay.Entry(path).Kind is EntryKind.File or EntryKind.Link)
            {
                continue;
            }

            if (Collision(path) is { } there)
            {
                conflicts.Add(Refused(path, $"Some file systems do not tell the path from '{there}', which is there."));
            }
            else if (Twin(path) is { } twin)
            {
                conflicts.Add(Refused(path, $"Some file systems do not tell the path from '{twin}', which the patch makes too."));
            }
        }
    }

    private static PatchConflict Refused(string path, string message) => new() { Code = PatchConflictCode.PathCollision, Path = path, Message = message };

    private string? Twin(string path)
    {
        foreach (var part in TreeReader.Parents(path).Append(path))
        {
            var key = PathPolicy.FoldKey(part);
            if (!_fresh.TryAdd(key, part) && _fresh[key] != part)
            {
                return _fresh[key];
            }
        }

        return null;
    }

    private string? Collision(string path)
    {
        var directory = "";
        foreach (var name in path.Split('/'))
        {
            var names = Names(directory);
            var same = names[PathPolicy.FoldKey(name)];
            if (!same.Contains(name, StringComparer.Ordinal))
            {
                return same.Select(other => Join(directory, other)).FirstOrDefault(other => !overlay.IsGone(other));
            }

            directory = Join(directory, name);
        }

        return null;
    }

    private ILookup<string, string> Names(string directory)
    {
        if (!_names.TryGetValue(directory, out var names))
        {
            var full = directory.Length == 0 ? overlay.Tree.Root : overlay.Tree.FullPath(directory);
            var isDirectory = directory.Length == 0 || overlay.Entry(directory).Kind == EntryKind.Directory;
            names = (isDirectory ? overlay.Tree.Files.List(full) : []).ToLookup(PathPolicy.FoldKey, StringComparer.Ordinal);
            _names[directory] = names;
        }

        return names;
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";
}
