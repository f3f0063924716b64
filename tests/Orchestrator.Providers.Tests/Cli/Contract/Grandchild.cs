using System.Text;
using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>The process that the shell of the scenario <c>longsh2</c> starts in a shell of its own: <c>sleep 601</c>.</summary>
internal static class Grandchild
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Waits until it runs.</summary>
    /// <returns>Its number.</returns>
    public static async Task<int> OfAsync(string executionId, CancellationToken cancellationToken)
    {
        // No cancellation: that is what the caller expects of the run.
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Longest)
        {
            foreach (var process in NativeProcesses.FindSurvivors(executionId, 0).Where(Lives))
            {
                return process;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        throw new TimeoutException($"The shell of {executionId} started no grandchild.");
    }

    /// <summary>Whether it runs under this number.</summary>
    public static bool Lives(int process)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/cmdline")).StartsWith("sleep\0601", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It is gone.
        }
    }
}
