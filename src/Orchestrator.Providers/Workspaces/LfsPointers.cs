using System.Globalization;
using System.Text;

namespace Orchestrator.Providers.Workspaces;

/// <summary>
/// Finds files of Git LFS among changed ones. A workspace holds their pointers only: a provider that wrote something else there replaced content that it never saw.
/// </summary>
internal static class LfsPointers
{
    private const int MaxPointerBytes = 1024;

    private static readonly byte[] Beginning = Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/");

    /// <summary>The changed paths that were pointers in the base and are something else now. Removed and moved ones do not count.</summary>
    public static async ValueTask<IReadOnlyList<string>> FindReplacedAsync(
        PrivateRepository repository, GitCommand git, string baseCommit, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var suspects = paths.Where(path => !path.Contains('\n', StringComparison.Ordinal) && File.Exists(Path.Combine(repository.Tree, path)) && !IsPointer(Path.Combine(repository.Tree, path))).ToArray();
        if (suspects.Length == 0 || !UsesLfs(repository.Tree, suspects))
        {
            return [];
        }

        var names = Encoding.UTF8.GetBytes(string.Concat(suspects.Select(path => $"{baseCommit}:{path}\n")));
        var sizes = await git.RunAsync(repository.Call("cat-file", "--batch-check=%(objecttype) %(objectsize)") with { Input = names }, cancellationToken).ConfigureAwait(false);
        var small = suspects.Zip(sizes.Text.Split('\n')).Where(static pair => IsSmallFile(pair.Second)).Select(static pair => pair.First);
        var replaced = new List<string>();
        foreach (var path in small)
        {
            var content = await git.RunAsync(repository.Call("cat-file", "blob", $"{baseCommit}:{path}"), cancellationToken).ConfigureAwait(false);
            if (content.Bytes.AsSpan().StartsWith(Beginning))
            {
                replaced.Add(path);
            }
        }

        return replaced;
    }

    private static bool IsSmallFile(string typeAndSize) =>
        typeAndSize.StartsWith("blob ", StringComparison.Ordinal) && long.TryParse(typeAndSize[5..], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size <= MaxPointerBytes;

    private static bool IsPointer(string file)
    {
        var info = new FileInfo(file);
        return info.LinkTarget is null && info.Length <= MaxPointerBytes && File.ReadAllBytes(file).AsSpan().StartsWith(Beginning);
    }

    /// <summary>Whether an attributes file above one of the paths speaks of LFS. Spares every other repository the search.</summary>
    private static bool UsesLfs(string tree, string[] paths)
    {
        var directories = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            for (var directory = Path.GetDirectoryName(path) ?? ""; directories.Add(directory) && directory.Length > 0; directory = Path.GetDirectoryName(directory) ?? "")
            {
            }
        }

        return directories.Append("").Select(directory => new FileInfo(Path.Combine(tree, directory, ".gitattributes")))
            .Any(static file => file is { Exists: true, LinkTarget: null } && File.ReadLines(file.FullName).Any(static line => line.Contains("filter=lfs", StringComparison.Ordinal)));
    }
}
