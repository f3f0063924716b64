namespace Orchestrator.Providers.Processes;

/// <summary>Runs small shell scripts through the runner.</summary>
internal static class Shell
{
    public static readonly AgentTimeLimits Patient = new() { Grace = TimeSpan.FromSeconds(5) };

    public static ProcessRequest Request(string script, string id) => new()
    {
        Command = new CommandLine { Executable = "/bin/sh", Arguments = ["-c", script] },
        WorkingDirectory = Path.GetTempPath(),
        Environment = ProcessEnvironment.Inherit(),
        ExecutionId = id,
        Limits = Patient,
    };

    public static async Task<(List<string> Lines, List<string> Errors, ProcessExit Exit)> RunAsync(ProcessRequest request, TimeProvider? time = null)
    {
        List<string> lines = [], errors = [];
        ProcessExit? exit = null;
        await foreach (var output in new ProcessRunner(time ?? TimeProvider.System).RunAsync(request, TestContext.Current.CancellationToken))
        {
            exit = output.Exit;
            if (output.Line is { } line)
            {
                (output.IsError ? errors : lines).Add(line);
            }
        }

        return (lines, errors, exit!);
    }

    public static string NewId([System.Runtime.CompilerServices.CallerMemberName] string test = "") => $"{test.ToLowerInvariant()[..Math.Min(60, test.Length)]}-{Environment.ProcessId}";
}
