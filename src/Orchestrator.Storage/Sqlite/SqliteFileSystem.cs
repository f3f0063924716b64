namespace Orchestrator.Storage.Sqlite;

/// <summary>Tells file systems on which a database must not lie: over a network, locks and shared memory do not hold what WAL needs.</summary>
internal static class SqliteFileSystem
{
    private const string Mounts = "/proc/mounts";

    private static readonly string[] NetworkTypes =
    [
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "beegfs", "gpfs", "orangefs", "pvfs2", "davfs",
        "fuse.sshfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.glusterfs", "fuse.davfs2", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.goofys", "fuse.mount-s3", "fuse.blobfuse2",
    ];

    /// <summary>The type of the network file system that a directory lies on; <see langword="null"/> when it is local or cannot be told.</summary>
    public static string? NetworkTypeOf(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return directory.StartsWith(@"\\", StringComparison.Ordinal) && !directory.StartsWith(@"\\?\", StringComparison.Ordinal) ? "UNC path" : null;
        }

        try
        {
            return OperatingSystem.IsLinux() ? NetworkTypeOf(Resolve(directory), File.ReadLines(Mounts)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The same, by the lines of a table of mounts: device, place, type and more, with blanks in them written as octal numbers.</summary>
    internal static string? NetworkTypeOf(string directory, IEnumerable<string> mounts)
    {
        var longest = -1;
        string? type = null;
        foreach (var line in mounts)
        {
            var fields = line.Split(' ');
            if (fields.Length < 3)
            {
                continue;
            }

            var place = Unescape(fields[1]).TrimEnd('/');
            if (place.Length >= longest && (directory == place || directory.StartsWith(place + "/", StringComparison.Ordinal)))
            {
                // The last mount on a place hides those before it.
                (longest, type) = (place.Length, fields[2]);
            }
        }

        return NetworkTypes.Contains(type) ? type : null;
    }

    /// <summary>Where a file or directory really is: a link anywhere on the way leads there. What does not exist stays as it is named.</summary>
    public static string Resolve(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        foreach (var part in full[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            resolved = Path.Combine(resolved, part);
            resolved = new FileInfo(resolved) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : resolved;
        }

        return resolved;
    }

    private static string Unescape(string place) => place.Contains('\\')
        ? place.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\012", "\n", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal)
        : place;
}
