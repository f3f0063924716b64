using System.ComponentModel;
using System.Diagnostics;
using Orchestrator.Providers.Workspaces;

namespace Orchestrator.Providers.Containers;

/// <summary>Gives files to other users.</summary>
internal static class FileOwners
{
    private const string Program = "/bin/chown";

    /// <summary>Gives files, and directories with all that is in them, to the owner of another; links themselves, never what they point to. Nothing happens where this process is not root: all is its own then.</summary>
    /// <exception cref="WorkspaceException">It cannot be done.</exception>
    public static void Copy(string owner, IReadOnlyList<string> paths)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return;
        }

        // Trees may be nested deeper than any path is long; this program goes step by step.
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program, ["-RhP", "--reference=" + owner, "--", .. paths]) { UseShellExecute = false, RedirectStandardError = true });
            var errors = process!.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw Failure(owner, errors.Trim());
            }
        }
        catch (Win32Exception error)
        {
            throw Failure(owner, error.Message);
        }
    }

    private static WorkspaceException Failure(string owner, string reason) => new("workspace.tampered", $"Files cannot be given to the owner of {owner}: {reason}");
}
