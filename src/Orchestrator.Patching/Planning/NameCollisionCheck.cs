namespace Orchestrator.Patching;

/// <summary>Refuses new names that some file systems do not tell from names that are there.</summary>
internal sealed class NameCollisionCheck(TreeReader tree)
{
    private readonly Dictionary<string, ILookup<string, string>> _names = new(StringComparer.Ordinal);

    public void Check(Dictionary<string, FileImage?> before, Dictionary<string, FileImage?> after, List<PatchConflict> conflicts)
    {
        foreach (var (path, image) in after)
        {
            if (image is null || (before.TryGetValue(path, out var old) && old is not null) || Collision(path, after) is not { } other)
            {
                continue;
            }

            conflicts.Add(new PatchConflict
            {
                Code = PatchConflictCode.PathCollision,
                Path = path,
                Message = $"Some file systems do not tell the path from '{other}', which is there.",
            });
        }
    }

    private string? Collision(string path, Dictionary<string, FileImage?> after)
    {
        var directory = "";
        foreach (var name in path.Split('/'))
        {
            var names = Names(directory);
            var same = names[PathPolicy.FoldKey(name)];
            if (!same.Contains(name, StringComparer.Ordinal))
            {
                var others = same.Select(other => Join(directory, other)).Where(other => !(after.TryGetValue(other, out var next) && next is null));
                return others.FirstOrDefault();
            }

            directory = Join(directory, name);
        }

        return null;
    }

    private ILookup<string, string> Names(string directory)
    {
        if (!_names.TryGetValue(directory, out var names))
        {
            names = tree.Files.List(directory.Length == 0 ? tree.Root : tree.FullPath(directory)).ToLookup(PathPolicy.FoldKey, StringComparer.Ordinal);
            _names[directory] = names;
        }

        return names;
    }

    private static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";
}
