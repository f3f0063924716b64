using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>Runs programs that ours is measured beside.</summary>
internal static class ExternalProgram
{
    /// <summary>Runs a program until it ends.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InvalidOperationException">It did not end with 0: what was measured would mean nothing.</exception>
    public static void Run(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(Start(folder, program, arguments))!;
        process.WaitForExit();
        Demand(0, process);
    }

    /// <summary>Runs a program that writes to its standard output.</summary>
    /// <param name="exitCode">What it has to end with.</param>
    /// <param name="folder">The working directory.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It ended with another code.</exception>
    public static string Read(int exitCode, string folder, string program, params string[] arguments)
    {
        var start = Start(folder, program, arguments);
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Demand(exitCode, process);
        return output;
    }

    private static ProcessStartInfo Start(string folder, string program, string[] arguments)
    {
        // A repository above the folder would make `git apply` pass over files that it does not know.
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder };
        start.Environment["GIT_CEILING_DIRECTORIES"] = Path.GetDirectoryName(folder);
        return start;
    }

    private static void Demand(int exitCode, Process process)
    {
        if (process.ExitCode != exitCode)
        {
            throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}: the measurement would mean nothing.");
        }
    }
}
