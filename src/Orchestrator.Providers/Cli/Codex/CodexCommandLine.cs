using System.Text.Json;

namespace Orchestrator.Providers.Cli.Codex;

/// <summary>Codex' command line: everything by flags, no configuration file, no outside traffic but the model's. The prompt comes on standard input.</summary>
internal static class CodexCommandLine
{
    public static CommandLine Create(CodexProviderOptions options, AgentWorkspace workspace, string? model, bool confined)
    {
        var provider = $"model_providers.orchestrator={{name=\"orchestrator\",base_url={Quote(options.BaseUrl)},wire_api=\"responses\",env_key={Quote(options.ApiKeySecret)},"
            + "supports_websockets=false,request_max_retries=2,stream_max_retries=2,stream_idle_timeout_ms=120000}";
        return new CommandLine
        {
            Executable = options.Executable,
            Arguments =
            [
                "exec", "--json", "--ephemeral", "--ignore-user-config", "--ignore-rules", "--skip-git-repo-check",
                .. Sandbox(confined),
                "-C", workspace.Directory,
                .. model is null ? (string[])[] : ["-m", model],
                "--disable", "plugins", "--disable", "unbounded_connection_retries",
                "-c", "analytics.enabled=false",
                "-c", "check_for_update_on_startup=false",
                "-c", "model_provider=\"orchestrator\"",
                "-c", provider,
                "-c", "shell_environment_policy.ignore_default_excludes=false",
                "-c", $"shell_environment_policy.exclude=[{Quote(options.ApiKeySecret)}]",
                .. options.ExtraArguments,
                "-",
            ],
        };
    }

    // Two sandboxes inside each other get in each other's way; ours is the narrower one.
    private static string[] Sandbox(bool confined) => confined ? ["--dangerously-bypass-approvals-and-sandbox"] : ["-s", "workspace-write"];

    // A TOML basic string takes the same escapes as a JSON string.
    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
