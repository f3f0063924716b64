using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Orchestrator.Patching;

/// <summary>This executable run again as a process that applies a patch and is killed at a chosen operation.</summary>
internal static class CrashProcess
{
    private const string Variable = "ORCHESTRATOR_PATCHING_CRASH";

    /// <summary>Runs until the operation.</summary>
    /// <returns>Whether the process was killed; <see langword="false"/> when it ended before.</returns>
    public static async Task<bool> RunAsync(string root, string diff, int operation)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment[Variable] = string.Join('|', root, diff, operation.ToString(CultureInfo.InvariantCulture));
        start.Environment["DOTNET_TieredPGO"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode is 0 or 137, $"The process ended with {process.ExitCode}: {await error} {await output}");
        return process.ExitCode == 137;
    }

    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } text)
        {
            return;
        }

        // All on this thread: others wait for the module to be initialised.
        var parts = text.Split('|');
        var files = new FaultFileSystem(int.Parse(parts[2], CultureInfo.InvariantCulture), Fault.Kill);
        var options = PatchCalls.Beside(parts[0]);
        var tree = new TreeReader(files, parts[0], options.MaxFileBytes);
        var directory = JournalLocation.Find(files, parts[0], options.JournalDirectory);
        JournalLocation.Prepare(files, parts[0], directory);
        var journals = new JournalStore(files, directory, durable: false, NullLogger.Instance);
        var patch = new UnifiedDiffParser(options).Parse(File.ReadAllBytes(parts[1]), "task");
        new PatchTransaction(tree, journals, options, TimeProvider.System, NullLogger.Instance).Apply(
            new PatchRequest { Id = "a1", Root = parts[0], Patch = patch },
            () => new TreePlanner(tree, options, new PathPolicy([]), redactor: null).Plan(patch, default),
            default);
        Environment.Exit(0);
    }
}
