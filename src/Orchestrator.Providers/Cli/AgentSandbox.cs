using Orchestrator.Providers.Processes;

namespace Orchestrator.Providers.Cli;

/// <summary>The places and variables that every local program gets.</summary>
internal static class AgentSandbox
{
    /// <summary>The environment: the allowed part of ours, with temporary files, and the home where wanted, moved into the workspace.</summary>
    public static Dictionary<string, string> Environment(AgentWorkspace workspace, bool keepHome)
    {
        var environment = ProcessEnvironment.Inherit();
        environment["TMPDIR"] = environment["TEMP"] = environment["TMP"] = workspace.TemporaryDirectory;
        environment["DOTNET_CLI_HOME"] = workspace.HomeDirectory;

        // Build servers that are running already are outside: they must not work for it. Those that it starts would be killed anyway.
        environment["MSBUILDDISABLENODEREUSE"] = "1";
        environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        environment["UseSharedCompilation"] = "false";
        if (!keepHome)
        {
            foreach (var name in environment.Keys.Where(name => name.StartsWith("XDG_", StringComparison.Ordinal)).ToArray())
            {
                environment.Remove(name);
            }

            environment["HOME"] = workspace.HomeDirectory;
            if (OperatingSystem.IsWindows())
            {
                environment["USERPROFILE"] = environment["APPDATA"] = environment["LOCALAPPDATA"] = workspace.HomeDirectory;
            }
        }

        return environment;
    }

    /// <summary>The environment in a container, beside what its image says: nothing of ours.</summary>
    public static Dictionary<string, string> ContainerEnvironment(AgentWorkspace workspace) => new(StringComparer.Ordinal)
    {
        ["TMPDIR"] = workspace.TemporaryDirectory,
        ["TEMP"] = workspace.TemporaryDirectory,
        ["TMP"] = workspace.TemporaryDirectory,
        ["HOME"] = workspace.HomeDirectory,
        ["DOTNET_CLI_HOME"] = workspace.HomeDirectory,
    };

    /// <summary>Keeps calls to this machine from going through a proxy of the network.</summary>
    public static void KeepLoopbackDirect(Dictionary<string, string> environment)
    {
        var known = environment.GetValueOrDefault("NO_PROXY") ?? environment.GetValueOrDefault("no_proxy");
        environment["NO_PROXY"] = environment["no_proxy"] = string.IsNullOrWhiteSpace(known) ? "127.0.0.1,localhost" : known + ",127.0.0.1,localhost";
    }

    /// <summary>Where it may write.</summary>
    public static IReadOnlyList<string> WritablePaths(AgentWorkspace workspace, IEnumerable<string> more) =>
        [workspace.Directory, workspace.HomeDirectory, workspace.TemporaryDirectory, .. WriteConfinement.Devices, .. more.Select(Executables.FullPath)];

    /// <summary>The task's words with the workspace's path filled in.</summary>
    public static string Instructions(AgentExecution execution, AgentWorkspace workspace) =>
        execution.Task.Instructions.Replace("{workspace}", workspace.Directory, StringComparison.Ordinal);

    /// <summary>
    /// The task's words for an agent CLI. CLIs take what begins with a sign for a command (<c>/fix</c> may be one that the repository wrote, with a shell command in it),
    /// so the words begin with a letter or a digit, or get a word before them.
    /// </summary>
    public static string Prompt(AgentExecution execution, AgentWorkspace workspace)
    {
        var words = Instructions(execution, workspace);
        return words.AsSpan().TrimStart() is [var first, ..] && !char.IsLetterOrDigit(first) ? "Task: " + words : words;
    }

    /// <summary>A failure of our own settings; nothing was started.</summary>
    public static AgentFailed Refuse(FailureClass failure, string message, DateTimeOffset now) =>
        new() { At = now, Failure = new AgentFailure { Class = failure, Message = message } };
}
