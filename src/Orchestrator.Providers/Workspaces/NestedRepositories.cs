namespace Orchestrator.Providers.Workspaces;

/// <summary>
/// Removes <c>.git</c> below the root of an agent's tree. git would record such a directory as a submodule and lose its files, and would read its
/// configuration, which may name programs to run.
/// </summary>
internal static class NestedRepositories
{
    public static IReadOnlyList<string> Remove(string tree)
    {
        var found = new List<string>();
        foreach (var directory in Directories(new DirectoryInfo(tree)))
        {
            Search(directory, tree, found);
        }

        return found;
    }

    private static void Search(DirectoryInfo directory, string tree, List<string> found)
    {
        foreach (var entry in directory.EnumerateFileSystemInfos(".git"))
        {
            found.Add(Path.GetRelativePath(tree, directory.FullName));
            if (entry is DirectoryInfo)
            {
                TreeDeletion.Delete(entry.FullName);
            }
            else
            {
                entry.Delete();
            }
        }

        foreach (var below in Directories(directory))
        {
            Search(below, tree, found);
        }
    }

    private static IEnumerable<DirectoryInfo> Directories(DirectoryInfo directory) =>
        directory.EnumerateDirectories().Where(below => below.Name != ".git" && below.LinkTarget is null);
}
