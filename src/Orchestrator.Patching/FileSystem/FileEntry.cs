namespace Orchestrator.Patching;

/// <summary>What stands at a path, without following a link.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Size">The length of a file, in bytes.</param>
/// <param name="Mode">The permissions; none where the system has none.</param>
/// <param name="Identity">Which file it is.</param>
public readonly record struct FileEntry(EntryKind Kind, long Size, UnixFileMode Mode, FileIdentity Identity)
{
    /// <summary>Nothing.</summary>
    public static FileEntry Missing { get; }

    /// <summary>When content or attributes changed last, by the clock of the file system, in nanoseconds since 1970; 0 where it is not known. No program can set it back where the system keeps it apart from the time of the content.</summary>
    public long Changed { get; init; }

    /// <summary>How many names the file has; 0 where it is not known.</summary>
    public int Links { get; init; }
}

/// <summary>Which file it is, whatever it is called. Zero where the system does not tell.</summary>
/// <param name="Device">The volume.</param>
/// <param name="Number">The file on it.</param>
public readonly record struct FileIdentity(ulong Device, ulong Number);

/// <summary>Which file it is, and since when it has not changed.</summary>
internal readonly record struct FileStamp(FileIdentity Identity, long Changed = 0);

/// <summary>The kinds of things at a path.</summary>
public enum EntryKind
{
    /// <summary>Nothing.</summary>
    Missing = 0,

    /// <summary>A plain file.</summary>
    File = 1,

    /// <summary>A symbolic link.</summary>
    Link = 2,

    /// <summary>A directory.</summary>
    Directory = 3,

    /// <summary>A device, a pipe, a socket or the like.</summary>
    Other = 4,
}
