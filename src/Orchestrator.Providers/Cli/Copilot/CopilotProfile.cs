using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;

namespace Orchestrator.Providers.Cli.Copilot;

/// <summary>
/// GitHub's Copilot CLI. With an address it speaks to that model with that key and to nobody else; without one it speaks to GitHub, and its key is a GitHub token.
/// </summary>
internal static class CopilotProfile
{
    public const string Title = "Copilot CLI";

    private const string PackageCache = "COPILOT_PKG_CACHE_HOME";

    public static AgentCliProfile Create() => new()
    {
        Kind = "copilot",
        Title = Title,
        Executable = "copilot",
        Install = "Install it with 'npm install -g @github/copilot', or set Executable to its path; the native program of the package stops more surely than its wrapper.",
        Tested = new TestedVersions("1.0.102"),
        VersionArguments = null, // To say it, it would unpack its 235 MB into the home.
        ApiKeySecret = "COPILOT_GITHUB_TOKEN",
        BaseUrl = null,
        Protocol = ModelProtocol.OpenAi,
        StopSignal = StopSignal.Terminate,
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell],
        Launch = Launch,
        CreateParser = static run => new CopilotOutputParser(SessionId(run.Execution.Id), run.Model, UsageFile(run), run.CostOf),
    };

    private static AgentCliLaunch Launch(AgentCliRun run) => new()
    {
        Arguments =
        [
            "--output-format", "json", "--stream", "off", "--allow-all", "--no-ask-user", "--no-auto-update", "--no-color", "--no-remote", "--no-bash-env",
            "--disable-builtin-mcps", "--disable-client-telemetry", "--log-level", "none",
            "-C", run.Workspace.Directory,
            "--session-id=" + SessionId(run.Execution.Id),
            "--usage-output-file", UsageFile(run),
            "--secret-env-vars=COPILOT_PROVIDER_API_KEY,COPILOT_GITHUB_TOKEN",
            .. run.BaseUrl is null && run.Model is { } model ? (string[])["--model", model] : [],
            .. run.MoreArguments,
        ],
        Environment = Environment(run),
        UsageFile = UsageFile(run),
    };

    private static Dictionary<string, string> Environment(AgentCliRun run)
    {
        var environment = new Dictionary<string, string> { ["COPILOT_AUTO_UPDATE"] = "false" };

        if (run.Options.AllowRepositoryTools)
        {
            environment["COPILOT_ALLOW_ALL"] = "true"; // Trust in the folder; --trust-folder says the same and refuses a session that we name.
        }

        // Where its operator keeps the unpacked program, it need not be unpacked (235 MB) into each run's home. In a container its image says where.
        if (!run.IsInContainer && System.Environment.GetEnvironmentVariable(PackageCache) is { Length: > 0 } cache)
        {
            environment[PackageCache] = cache;
        }

        if (run.BaseUrl is null)
        {
            environment["COPILOT_GITHUB_TOKEN"] = run.ApiKey.Reveal();
            return environment;
        }

        environment["COPILOT_OFFLINE"] = "true";
        environment["COPILOT_PROVIDER_BASE_URL"] = run.BaseUrl;
        environment["COPILOT_PROVIDER_TYPE"] = "openai";
        environment["COPILOT_PROVIDER_WIRE_API"] = IsResponsesModel(run.Model) ? "responses" : "completions";

        // A GitHub token must not go to somebody else's server because only an address was set.
        if (run.Options.ApiKeySecret is not null)
        {
            environment["COPILOT_PROVIDER_API_KEY"] = run.ApiKey.Reveal();
        }

        if (run.Model is { } model)
        {
            environment["COPILOT_MODEL"] = model;
        }

        if (run.Options.Models.FirstOrDefault(known => known.Name == run.Model)?.ContextWindow is { } window)
        {
            environment["COPILOT_PROVIDER_MAX_PROMPT_TOKENS"] = window.ToString(CultureInfo.InvariantCulture);
        }

        return environment;
    }

    // OpenAI serves these with the Responses protocol only; gateways serve the rest with Chat Completions.
    private static bool IsResponsesModel(string? model) =>
        model is not null && (model.StartsWith("gpt-5", StringComparison.OrdinalIgnoreCase) || model.Contains("codex", StringComparison.OrdinalIgnoreCase));

    private static string UsageFile(AgentCliRun run) => Path.Combine(run.Workspace.TemporaryDirectory, "copilot-usage.json");

    // The same for the command line and the parser of one run, and another for each other run.
    private static string SessionId(string executionId)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("copilot " + executionId))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80); // The version of UUIDs that somebody made up himself.
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
