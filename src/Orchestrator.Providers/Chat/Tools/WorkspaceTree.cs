using System.Text;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Chat.Tools;

/// <summary>
/// Reads the workspace for the model: nothing outside of it, nothing through a link, nothing of git's own, nothing that is not text or too large. Known secrets are
/// taken out before anything is cut, so that no half of one is left. Edits do not come this way: the patch manager has its own, stricter door.
/// </summary>
internal sealed class WorkspaceTree(string root, int maxFileBytes, ISecretRedactor redactor)
{
    private const int MaxComponents = 100;

    private readonly string _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));

    /// <summary>Finds out what a path of the model means. It need not exist.</summary>
    public WorkspacePath Resolve(string path)
    {
        if (path.Length > 4096 || path.Any(char.IsControl))
        {
            return WorkspacePath.Refused(path, "it is too long, or holds a control character.");
        }

        var absolute = Path.GetFullPath(path.Length == 0 ? "." : path, _root);
        if (absolute != _root && !absolute.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return WorkspacePath.Refused(path, "it is outside of the workspace. Use paths relative to the workspace.");
        }

        var relative = absolute.Length > _root.Length ? absolute[(_root.Length + 1)..].Replace(Path.DirectorySeparatorChar, '/') : "";
        relative = relative.TrimEnd('/');
        var components = relative.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (components.Length > MaxComponents)
        {
            return WorkspacePath.Refused(path, $"it has more than {MaxComponents} components.");
        }

        if (components.Any(IsPrivate))
        {
            return WorkspacePath.Refused(path, "it belongs to git or to the orchestrator.");
        }

        return FindLink(components) is { } link
            ? WorkspacePath.Refused(path, $"'{link}' is a symbolic link or cannot be looked at, and links are not followed.")
            : new WorkspacePath(relative, absolute.TrimEnd(Path.DirectorySeparatorChar), null);
    }

    /// <summary>Reads a file as text.</summary>
    public WorkspaceFile Read(string path)
    {
        var place = Resolve(path);
        return place.Refusal is { } refusal ? new WorkspaceFile(null, refusal) : Read(place);
    }

    /// <summary>Reads a file as text.</summary>
    public WorkspaceFile Read(WorkspacePath place)
    {
        try
        {
            var file = new FileInfo(place.Absolute);
            if (!file.Exists)
            {
                return Nothing(Directory.Exists(place.Absolute) ? $"'{place.Relative}' is a directory: list it." : $"There is no file '{place.Relative}'. List or search to find it.");
            }

            if (file.Length > maxFileBytes)
            {
                return Nothing($"'{place.Relative}' has {file.Length} bytes; at most {maxFileBytes} are shown.");
            }

            // A pipe or a device has no length and is never opened.
            return file.Length == 0 ? new WorkspaceFile("", null) : ReadText(place, (int)file.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Nothing($"'{place.Relative}' cannot be read: {exception.GetType().Name}.");
        }
    }

    /// <summary>What is in a directory, in the order of names; links and private entries are among them, told by <see cref="IsHidden"/>.</summary>
    public static IEnumerable<FileSystemInfo> Entries(DirectoryInfo directory)
    {
        try
        {
            return directory.GetFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>All plain files below a place, depth first, in the order of names.</summary>
    public IEnumerable<WorkspacePath> Files(WorkspacePath place)
    {
        if (File.Exists(place.Absolute))
        {
            yield return place;
            yield break;
        }

        var pending = new Stack<FileSystemInfo>();
        Push(pending, new DirectoryInfo(place.Absolute));
        while (pending.TryPop(out var entry))
        {
            if (entry is DirectoryInfo directory)
            {
                Push(pending, directory);
            }
            else
            {
                yield return new WorkspacePath(RelativeOf(entry), entry.FullName, null);
            }
        }
    }

    public string RelativeOf(FileSystemInfo entry) => Path.GetRelativePath(_root, entry.FullName).Replace(Path.DirectorySeparatorChar, '/');

    /// <summary>Whether an entry is left out: git's own, ours, or a link.</summary>
    public static bool IsHidden(FileSystemInfo entry) => IsPrivate(entry.Name) || entry.LinkTarget is not null;

    private static void Push(Stack<FileSystemInfo> pending, DirectoryInfo directory)
    {
        foreach (var entry in Entries(directory).Where(entry => !IsHidden(entry)).Reverse())
        {
            pending.Push(entry);
        }
    }

    private static WorkspaceFile Nothing(string refusal) => new(null, refusal);

    private static bool IsPrivate(string name)
    {
        var plain = name.TrimEnd('.', ' ');
        return plain.Equals(".git", StringComparison.OrdinalIgnoreCase)
            || plain.StartsWith("git~", StringComparison.OrdinalIgnoreCase)
            || plain.StartsWith(".orchestrator", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is not null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true; // What cannot be looked at is not gone through.
        }
    }

    private string? FindLink(string[] components)
    {
        for (var count = 1; count <= components.Length; count++)
        {
            var part = string.Join('/', components[..count]);
            if (IsLink(Path.Combine(_root, part)))
            {
                return part;
            }
        }

        return null;
    }

    private WorkspaceFile ReadText(WorkspacePath place, int length)
    {
        using var stream = new FileStream(place.Absolute, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[length];
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var content = bytes.AsSpan(0, count);
        if (content.Contains((byte)0))
        {
            return Nothing($"'{place.Relative}' is not text.");
        }

        return new WorkspaceFile(redactor.Redact(Encoding.UTF8.GetString(content.StartsWith("\uFEFF"u8) ? content[3..] : content)), null);
    }
}
