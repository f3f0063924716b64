namespace Orchestrator.Providers.Workspaces;

/// <summary>Deletes directories for certain: it never follows links and opens what an agent has closed.</summary>
internal static class TreeDeletion
{
    private const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Deletes a directory and everything in it; nothing happens when it is not there.</summary>
    public static void Delete(string directory)
    {
        var info = new DirectoryInfo(directory);
        if (info.LinkTarget is not null)
        {
            info.Delete();
            return;
        }

        if (!info.Exists)
        {
            return;
        }

        try
        {
            MakeDeletable(info);
            info.Delete(recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WorkspaceException("workspace.not_removed", $"{directory} could not be removed: {exception.Message}", exception);
        }
    }

    private static void MakeDeletable(DirectoryInfo directory)
    {
        if (!OperatingSystem.IsWindows())
        {
            directory.UnixFileMode |= Open;
        }

        foreach (var entry in directory.EnumerateFileSystemInfos())
        {
            if (entry.LinkTarget is not null)
            {
                continue;
            }

            if (entry is DirectoryInfo below)
            {
                MakeDeletable(below);
            }
            else if (OperatingSystem.IsWindows())
            {
                entry.Attributes &= ~FileAttributes.ReadOnly;
            }
        }
    }
}
