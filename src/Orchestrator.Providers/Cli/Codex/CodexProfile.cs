using System.Text.Json;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Codex: everything by flags, no configuration file, no outside traffic but the model's.</summary>
internal static class CodexProfile
{
    private const string KeyVariable = "CODEX_API_KEY";

    public static AgentCliProfile Create() => new()
    {
        Kind = "codex",
        Title = "OpenAI Codex CLI",
        Executable = "codex",
        Install = "Install it with 'npm install -g @openai/codex', or set Executable to its path.",
        Tested = new TestedVersions("0.169.0"),
        ApiKeySecret = SecretNames.Codex,
        BaseUrl = "https://api.openai.com/v1",
        Protocol = ModelProtocol.OpenAi,
        StopSignal = StopSignal.Interrupt, // On SIGTERM it leaves the shells of its shells running.
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell],
        Launch = Launch,
        CreateParser = static run => new CodexOutputParser(run.CostOf, run.Model),
    };

    internal static AgentCliLaunch Launch(AgentCliRun run) => new()
    {
        Arguments =
        [
            "exec", "--json", "--ephemeral", "--skip-git-repo-check",
            .. Trust(run.Options.AllowRepositoryTools),
            .. Sandbox(run.IsConfined),
            "-C", run.Workspace.Directory,
            .. run.Model is { } model ? (string[])["-m", model] : [],
            "--disable", "plugins", "--disable", "unbounded_connection_retries",
            "-c", "analytics.enabled=false",
            "-c", "check_for_update_on_startup=false",
            "-c", "model_provider=\"orchestrator\"",
            "-c", $"model_providers.orchestrator={{name=\"orchestrator\",base_url={Quote(run.BaseUrl!)},wire_api=\"responses\",env_key={Quote(KeyVariable)},"
                + "supports_websockets=false,request_max_retries=2,stream_max_retries=2,stream_idle_timeout_ms=120000}",
            "-c", "shell_environment_policy.ignore_default_excludes=false",
            "-c", $"shell_environment_policy.exclude=[{Quote(KeyVariable)}]",
            .. run.MoreArguments,
            "-",
        ],
        Environment = new Dictionary<string, string>
        {
            ["CODEX_HOME"] = Directory.CreateDirectory(Path.Combine(run.Workspace.HomeDirectory, ".codex")).FullName,
            [KeyVariable] = run.ApiKey.Reveal(),
        },
    };

    // The trust is written into the run's own home, where there is no other configuration; it cannot be had while the home's configuration is ignored.
    private static string[] Trust(bool allowed) => allowed ? ["--trust", "--dangerously-bypass-hook-trust"] : ["--ignore-user-config", "--ignore-rules"];

    // Two sandboxes inside each other get in each other's way; ours is the narrower one.
    private static string[] Sandbox(bool confined) => confined ? ["--dangerously-bypass-approvals-and-sandbox"] : ["-s", "workspace-write"];

    // A TOML basic string takes the same escapes as a JSON string.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
