using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Patching;

/// <summary>This executable run again as a process that applies a patch, or recovers a tree, and is killed meanwhile.</summary>
internal static class CrashProcess
{
    private const string Variable = "ORCHESTRATOR_PATCHING_CRASH";
    private const string Recover = "-";
    private const int Killed = 137;

    /// <summary>Runs until the operation.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="diff">The file with the patch; <see langword="null"/> to recover.</param>
    /// <param name="operation">The operation in the middle of which it is killed; -1 for none.</param>
    /// <param name="instant">How many microseconds after the first write it is killed; -1 for never.</param>
    /// <returns>Whether the process was killed, and how many microseconds it took from the first write if not.</returns>
    public static async Task<(bool IsKilled, int Duration)> RunAsync(string root, string? diff, int operation, int instant = -1)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment[Variable] = string.Create(CultureInfo.InvariantCulture, $"{root}|{diff ?? Recover}|{operation}|{instant}");
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(CrashProcess).Assembly.Location;
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode is 0 or Killed, $"The process ended with {process.ExitCode}: {await error} {await output}");
        return process.ExitCode == Killed ? (true, 0) : (false, int.Parse(await output, CultureInfo.InvariantCulture));
    }

    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } text)
        {
            return;
        }

        var parts = text.Split('|');
        var (root, instant) = (parts[0], int.Parse(parts[3], CultureInfo.InvariantCulture));
        var started = 0L;
        using var self = Process.GetCurrentProcess();
        var killer = new Thread(() => KillAt(self, ref started, instant)) { IsBackground = true };
        if (instant >= 0)
        {
            killer.Start();
        }

        var files = new FaultFileSystem(int.Parse(parts[2], CultureInfo.InvariantCulture), Fault.Kill)
        {
            Before = number =>
            {
                if (number == 0)
                {
                    Volatile.Write(ref started, Stopwatch.GetTimestamp());
                }
            },
        };
        var options = WideSample.Options(root);
        var tree = new TreeReader(files, root, options.MaxFileBytes);
        var directory = JournalLocation.Find(files, root, options.JournalDirectory);
        JournalLocation.Prepare(files, root, directory);
        var transaction = new PatchTransaction(
            tree, new JournalStore(files, directory, options.Durability == PatchDurability.Full, NullLogger.Instance), options, TimeProvider.System, NullLogger.Instance);
        if (parts[1] == Recover)
        {
            transaction.Recover(default);
        }
        else
        {
            var patch = new UnifiedDiffParser(options).Parse(File.ReadAllBytes(parts[1]), "task");
            transaction.Apply(
                new PatchRequest { Id = "a1", Root = root, Patch = patch },
                () => new TreePlanner(tree, options, new PathPolicy([]), redactor: null).Plan(patch, default),
                default);
        }

        Console.Write(((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds).ToString(CultureInfo.InvariantCulture));
        Environment.Exit(0);
    }

    /// <summary>Looks at the clock until it is time: no wait of the system is as exact.</summary>
    private static void KillAt(Process self, ref long started, int instant)
    {
        while (Volatile.Read(ref started) is var begin && (begin == 0 || Stopwatch.GetElapsedTime(begin).TotalMicroseconds < instant))
        {
            Thread.Yield();
        }

        self.Kill();
    }
}
