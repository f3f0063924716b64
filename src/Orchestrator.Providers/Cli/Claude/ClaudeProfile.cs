using System.Globalization;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli.Claude;

/// <summary>
/// Claude Code: flags and variables, no question asked of anybody. The repository's own hooks, permissions and tool servers stay off, since it runs them without asking;
/// the repository's instructions are brought in by an import in the home's own.
/// </summary>
internal static class ClaudeProfile
{
    public static AgentCliProfile Create() => new()
    {
        Kind = "claude",
        Title = "Claude Code",
        Executable = "claude",
        Install = "Install it with 'npm install -g @anthropic-ai/claude-code' (Node.js 22 or newer), or set Executable to its path.",
        Tested = new TestedVersions("2.1.197", "2.1.329"), // A recording of the older one, the contract tests with the newer.
        ApiKeySecret = SecretNames.Claude,
        BaseUrl = "https://api.anthropic.com",
        Protocol = ModelProtocol.Anthropic,
        StopSignal = StopSignal.Terminate, // On SIGINT it ends with 0, as if all were well.
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell, ProviderCapabilities.Resume],
        LimitsTurns = true,
        Launch = Launch,
        CreateParser = static run => new ClaudeOutputParser(run.CostOf, run.Options.PricePerTaskUsd),
    };

    internal static AgentCliLaunch Launch(AgentCliRun run) => new()
    {
        Arguments =
        [
            "-p", "--output-format", "stream-json", "--verbose",
            .. Option("--model", run.Model),
            // Headless there is nobody to ask; what holds it are our own confinement and the workspace.
            "--dangerously-skip-permissions",
            .. run.Options.AllowRepositoryTools ? (string[])[] : ["--setting-sources", "user", "--strict-mcp-config"],
            .. Option("--max-turns", run.Options.MaxTurns?.ToString(CultureInfo.InvariantCulture)),
            .. Option("--max-budget-usd", run.Execution.BudgetUsd?.ToString(CultureInfo.InvariantCulture)),
            .. Option("--resume", run.Execution.SessionId),
            .. run.MoreArguments,
        ],
        Environment = Variables(run),
        HomeFiles = run.Options.AllowRepositoryTools ? new Dictionary<string, string>() : RepositoryInstructions(run.Workspace),
    };

    private static Dictionary<string, string> Variables(AgentCliRun run)
    {
        var variables = new Dictionary<string, string>
        {
            ["ANTHROPIC_BASE_URL"] = run.BaseUrl!,
            ["ANTHROPIC_API_KEY"] = run.ApiKey.Reveal(),
            ["CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"] = "1",
            ["DISABLE_AUTOUPDATER"] = "1",
            // By default it tries for minutes, also with a wrong key.
            ["CLAUDE_CODE_MAX_RETRIES"] = "2",
            ["API_TIMEOUT_MS"] = "120000",
        };
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
        {
            variables["IS_SANDBOX"] = "1"; // As root it refuses to work without asking, unless it is told that it is shut in.
        }

        return variables;
    }

    private static Dictionary<string, string> RepositoryInstructions(AgentWorkspace workspace)
    {
        string[] files = ["CLAUDE.md", ".claude/CLAUDE.md"];
        var present = files.Select(file => Path.Combine(workspace.Directory, file)).Where(File.Exists).ToList();
        return present.Count == 0 ? [] : new() { [".claude/CLAUDE.md"] = string.Concat(present.Select(file => Import(workspace.HomeDirectory, file))) };
    }

    // From the importing file on, because an import ends at a '#' of the folders above, which nothing escapes, and at a blank, which a backslash does.
    private static string Import(string home, string file)
    {
        var path = Path.GetRelativePath(Path.Combine(home, ".claude"), file);
        return $"@{(OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path).Replace(" ", "\\ ", StringComparison.Ordinal)}\n";
    }

    private static string[] Option(string name, string? value) => value is null ? [] : [name, value];
}
