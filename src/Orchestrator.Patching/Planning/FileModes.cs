namespace Orchestrator.Patching;

/// <summary>The kind and the permissions that a file patch gives a file.</summary>
internal static class FileModes
{
    private const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The file that a patch makes. In the place of another one it takes over the permissions of that, so that a file that is written anew stays as it was besides.</summary>
    public static FileImage Created(FilePatch file, TreeOverlay overlay)
    {
        var kind = file.NewMode == PatchFileMode.SymbolicLink ? EntryKind.Link : EntryKind.File;
        var fresh = new FileImage(kind, file.Content?.Bytes ?? default, file.NewMode == PatchFileMode.Executable ? UnixFileMode.UserExecute : default);
        return kind == EntryKind.File && overlay.Entry(file.Path).Kind == EntryKind.File && overlay.Before(file.Path) is { } replaced
            ? new FileImage(kind, fresh.Bytes, ModeAfter(file, replaced))
            : fresh;
    }

    public static EntryKind KindAfter(FilePatch file, FileImage before) => file.NewMode switch
    {
        PatchFileMode.SymbolicLink => EntryKind.Link,
        PatchFileMode.Unspecified => before.Kind,
        _ => EntryKind.File,
    };

    public static UnixFileMode ModeAfter(FilePatch file, FileImage before)
    {
        const int ReadBits = 0b100_100_100;
        return file.NewMode switch
        {
            _ when OperatingSystem.IsWindows() => before.Mode,
            PatchFileMode.Regular => before.Mode & ~Execute,
            PatchFileMode.Executable => before.Mode | (UnixFileMode)(((int)before.Mode & ReadBits) >> 2),
            _ => before.Mode,
        };
    }
}
