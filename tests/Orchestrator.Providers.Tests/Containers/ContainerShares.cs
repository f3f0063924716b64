using System.Diagnostics;

namespace Orchestrator.Providers.Containers;

/// <summary>Makes directories of instances as a balancer does: for a user other than root.</summary>
internal static class ContainerShares
{
    public static void Make(string directory)
    {
        Directory.CreateDirectory(directory);
        if (Environment.IsPrivilegedProcess)
        {
            using var process = Process.Start("chown", ["1000:1000", directory]);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
        }
    }
}
