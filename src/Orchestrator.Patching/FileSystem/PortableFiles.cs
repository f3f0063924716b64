using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Patching;

/// <summary>The operations where there is no opening relative to a directory: macOS and Windows.</summary>
/// <remarks>
/// The directory of a path is checked for links before every operation, and after every opening the file is checked again: on Windows by asking the handle where it really is.
/// </remarks>
internal static class PortableFiles
{
    private const FileShare Sharing = FileShare.ReadWrite | FileShare.Delete;
    private const string DisplacedSuffix = ".old";

    public static string Canonical(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var rest = "";
        for (var known = full; ;)
        {
            if (Real(known) is { } real)
            {
                return rest.Length == 0 ? real : Path.Combine(real, rest);
            }

            var parent = Path.GetDirectoryName(known);
            if (parent is null)
            {
                return full;
            }

            rest = rest.Length == 0 ? Path.GetFileName(known) : Path.Combine(Path.GetFileName(known), rest);
            known = parent;
        }
    }

    public static FileEntry GetEntry(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null)
        {
            return new FileEntry(EntryKind.Link, 0, default, default);
        }

        if (Directory.Exists(path))
        {
            return new FileEntry(EntryKind.Directory, 0, ModeOf(path), default);
        }

        if (!info.Exists)
        {
            return FileEntry.Missing;
        }

        // No time is told: what was written can be set back, so that only the content is evidence.
        var kind = (info.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint)) == 0 ? EntryKind.File : EntryKind.Other;
        return new FileEntry(kind, info.Length, ModeOf(path), default);
    }

    public static SafeFileHandle Open(string path, FileMode mode, FileAccess access)
    {
        CheckParent(path);
        var handle = File.OpenHandle(path, mode, access, Sharing);
        var isThere = OperatingSystem.IsWindows()
            ? string.Equals(PortableNative.FinalPath(handle), path, StringComparison.OrdinalIgnoreCase)
            : new FileInfo(path).LinkTarget is null && IsCanonical(Path.GetDirectoryName(path)!);
        if (isThere)
        {
            return handle;
        }

        handle.Dispose();
        throw new IOException($"A link leads '{path}' elsewhere.");
    }

    public static SafeFileHandle? CreateTwin(string path, string twin)
    {
        var made = Open(twin, FileMode.CreateNew, FileAccess.ReadWrite);
        if (!OperatingSystem.IsMacOS())
        {
            // Replacing a file on Windows gives the new one the attributes and the access control list of the old one.
            return made;
        }

        using (var original = Open(path, FileMode.Open, FileAccess.Read))
        {
            if (PortableNative.TryCopyAttributes(original, made))
            {
                return made;
            }
        }

        made.Dispose();
        File.Delete(twin);
        return null;
    }

    public static void CreateLink(string path, string target)
    {
        CheckParent(path);
        File.CreateSymbolicLink(path, target);
    }

    public static void Move(string from, string to)
    {
        CheckParent(from);
        CheckParent(to);
        if (!OperatingSystem.IsMacOS() || !PortableNative.TryMove(from, to))
        {
            File.Move(from, to, overwrite: false);
        }
    }

    public static bool TryExchange(string path, string other)
    {
        CheckParent(path);
        if (OperatingSystem.IsMacOS())
        {
            return PortableNative.TrySwap(path, other);
        }

        // Ended between the two, the displaced file is still found under its own name.
        File.Replace(other, path, other + DisplacedSuffix, ignoreMetadataErrors: false);
        File.Move(other + DisplacedSuffix, other, overwrite: false);
        return true;
    }

    public static void Delete(string path)
    {
        CheckParent(path);
        if (GetEntry(path).Kind == EntryKind.Missing)
        {
            throw new FileNotFoundException($"'{path}' is not there.");
        }

        File.Delete(path);
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            CheckParent(path);
            File.SetUnixFileMode(path, mode);
        }
    }

    public static void CreateDirectory(string path)
    {
        CheckParent(path);
        if (GetEntry(path).Kind != EntryKind.Missing)
        {
            throw new IOException($"'{path}' is there already.");
        }

        Directory.CreateDirectory(path);
    }

    public static bool TryRemoveDirectory(string path)
    {
        CheckParent(path);
        if (GetEntry(path).Kind != EntryKind.Directory || Directory.EnumerateFileSystemEntries(path).Any())
        {
            return false;
        }

        Directory.Delete(path, recursive: false);
        return true;
    }

    public static void FlushFile(string path)
    {
        using var handle = Open(path, FileMode.Open, OperatingSystem.IsWindows() ? FileAccess.ReadWrite : FileAccess.Read);
        RandomAccess.FlushToDisk(handle);
    }

    public static void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = LinuxNative.OpenAt(LinuxNative.CurrentDirectory, path, LinuxNative.OpenFlags.Read, 0);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (descriptor < 0 || LinuxNative.Fsync(descriptor) != 0)
        {
            throw LinuxPath.Error("be brought onto the disk", path);
        }
    }

    private static void CheckParent(string path)
    {
        if (!IsCanonical(Path.GetDirectoryName(path)!))
        {
            throw new IOException($"A link leads '{path}' elsewhere.");
        }
    }

    private static bool IsCanonical(string directory) => Real(directory) is { } real
        && string.Equals(real, Path.TrimEndingDirectorySeparator(directory), OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private static string? Real(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return PortableNative.RealPath(path);
        }

        // No handle of a directory without more calls: every component is looked at.
        for (var known = path; known is not null; known = Path.GetDirectoryName(known))
        {
            if (!Path.Exists(known))
            {
                return null;
            }

            if (new FileInfo(known).LinkTarget is not null && new DirectoryInfo(known).ResolveLinkTarget(returnFinalTarget: true) is { } target)
            {
                return Real(Path.Combine(target.FullName, Path.GetRelativePath(known, path))) ?? target.FullName;
            }
        }

        return path;
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
