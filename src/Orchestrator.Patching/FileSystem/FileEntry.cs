namespace Orchestrator.Patching;

/// <summary>What stands at a path, without following a link.</summary>
internal readonly record struct FileEntry(EntryKind Kind, long Size, UnixFileMode Mode, FileIdentity Identity)
{
    public static FileEntry Missing { get; }
}

/// <summary>Which file it is, whatever it is called. Zero where the system does not tell.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Number);

/// <summary>The kinds of things at a path.</summary>
internal enum EntryKind : byte
{
    Missing = 0,
    File = 1,
    Link = 2,
    Directory = 3,
    Other = 4,
}
