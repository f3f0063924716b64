using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli.Gemini;

/// <summary>Google's Gemini CLI.</summary>
internal static class GeminiProfile
{
    public const string Title = "Gemini CLI";

    private const string Settings = ".gemini/settings.json";
    private const string Policy = ".gemini/orchestrator.toml";
    private const string Instructions = "GEMINI.md";
    private const int LongestInstructions = 256 * 1024;

    // Without trust in the folder the CLI asks before each tool that changes something, whatever its approval mode. Nobody is there to answer, so this answers.
    private const string AllowEverything =
        """
        [[rule]]
        toolName = "*"
        decision = "allow"
        priority = 900
        allowRedirection = true

        """;

    public static AgentCliProfile Create() => new()
    {
        Kind = "gemini",
        Title = Title,
        Executable = "gemini",
        Install = "Install it with 'npm install -g @google/gemini-cli', or set Executable to its path.",
        Tested = new TestedVersions("0.61.0"),
        ApiKeySecret = SecretNames.Gemini,
        BaseUrl = "https://generativelanguage.googleapis.com",
        Protocol = ModelProtocol.Gemini,
        StopSignal = StopSignal.Terminate,
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell],
        LimitsTurns = true,
        Launch = Launch,
        CreateParser = static run => new GeminiOutputParser(run.CostOf),
    };

    private static AgentCliLaunch Launch(AgentCliRun run) => new()
    {
        Arguments =
        [
            "--output-format", "stream-json",
            .. run.Options.AllowRepositoryTools ? (string[])["--approval-mode", "yolo"] : ["--policy", InHome(run, Policy)],
            .. run.Model is { } model ? (string[])["-m", model] : [],
            .. run.MoreArguments,
        ],
        Environment = new Dictionary<string, string>
        {
            ["GEMINI_API_KEY"] = run.ApiKey.Reveal(),

            // Always set, also to the vendor's own: what is set cannot be changed by a .env file of the repository.
            ["GOOGLE_GEMINI_BASE_URL"] = run.BaseUrl ?? "https://generativelanguage.googleapis.com",
            ["GEMINI_CLI_SYSTEM_SETTINGS_PATH"] = InHome(run, Settings),
            ["GEMINI_CLI_TRUST_WORKSPACE"] = run.Options.AllowRepositoryTools ? "true" : "false",
            ["GEMINI_CLI_NO_RELAUNCH"] = "true",
            ["GEMINI_TELEMETRY_ENABLED"] = "false",
            ["GEMINI_SANDBOX"] = "false",
        },
        HomeFiles = Files(run),
    };

    private static Dictionary<string, string> Files(AgentCliRun run)
    {
        var files = new Dictionary<string, string> { [Settings] = GeminiSettings.Create(run.Options.MaxTurns) };
        if (!run.Options.AllowRepositoryTools)
        {
            files[Policy] = AllowEverything;

            // In a folder that it does not trust the CLI does not read the repository's instructions either; as the user's own it does.
            if (ReadInstructions(run.Workspace.Directory) is { Length: > 0 } instructions)
            {
                files[".gemini/" + Instructions] = instructions;
            }
        }

        return files;
    }

    private static string InHome(AgentCliRun run, string path) => Path.Combine(run.Workspace.HomeDirectory, path);

    private static string? ReadInstructions(string directory)
    {
        var file = new FileInfo(Path.Combine(directory, Instructions));
        if (!file.Exists || file.LinkTarget is not null || file.Length is 0 or > LongestInstructions)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file.FullName);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
