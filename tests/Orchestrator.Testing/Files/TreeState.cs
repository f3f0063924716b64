using System.Text;

namespace Orchestrator.Testing;

/// <summary>Photographs a folder, so that a test can say "exactly as before".</summary>
public static class TreeState
{
    /// <summary>
    /// Every file and link of the folder by its relative path with slashes, and every empty folder by its path with a slash at the end. <c>.git</c> is left out.
    /// </summary>
    public static IReadOnlyDictionary<string, FileState> Read(string folder)
    {
        var tree = new SortedDictionary<string, FileState>(StringComparer.Ordinal);
        Add(new DirectoryInfo(folder), string.Empty, tree);
        return tree;
    }

    /// <summary>What came (<c>+</c>), went (<c>-</c>) and changed (<c>~</c>), one line each in order of path; empty when the two are the same.</summary>
    public static string Difference(IReadOnlyDictionary<string, FileState> before, IReadOnlyDictionary<string, FileState> after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);

        var text = new StringBuilder();
        foreach (var path in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal))
        {
            var was = before.GetValueOrDefault(path);
            var now = after.GetValueOrDefault(path);
            if (was != now)
            {
                var change = was is null ? $"+ {path} ({now})" : now is null ? $"- {path} ({was})" : $"~ {path} ({was} -> {now})";
                text.Append(change).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void Add(DirectoryInfo folder, string prefix, SortedDictionary<string, FileState> tree)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos())
        {
            if (entry.Name == ".git")
            {
                continue;
            }

            var path = prefix + entry.Name;
            if (entry is DirectoryInfo below && entry.LinkTarget is null)
            {
                var count = tree.Count;
                Add(below, path + "/", tree);
                if (tree.Count == count)
                {
                    tree.Add(path + "/", FileState.Read(entry));
                }
            }
            else
            {
                tree.Add(path, FileState.Read(entry));
            }
        }
    }
}
