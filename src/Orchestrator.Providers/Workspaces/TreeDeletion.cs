using System.ComponentModel;
using System.Diagnostics;

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
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Directories may be nested until no path reaches the innermost any more, which .NET meets in several ways. These programs go step by step.
            if (OperatingSystem.IsWindows() || !DeleteStepByStep(directory))
            {
                throw new WorkspaceException("workspace.not_removed", $"{directory} could not be removed: {exception.Message}", exception);
            }
        }
    }

    private static bool DeleteStepByStep(string directory)
    {
        foreach (var command in (string[][])[["/bin/chmod", "-R", "u+rwX", "--", directory], ["/bin/rm", "-rf", "--", directory]])
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardError = true });
                process!.StandardError.ReadToEnd();
                process.WaitForExit();
            }
            catch (Win32Exception)
            {
                return false;
            }
        }

        return !Directory.Exists(directory);
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
