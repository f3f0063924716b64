using Orchestrator.Providers.Processes;
using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli.Cursor;

/// <summary>
/// Cursor's agent. Built from its documentation: it cannot be had from a package registry, and its key is checked by Cursor's servers, so no test runs the real one.
/// It takes no address, so no proxy can stand between, and the agent's shell can see the key.
/// </summary>
internal static class CursorProfile
{
    public const string Title = "Cursor agent";

    public static AgentCliProfile Create() => new()
    {
        Kind = "cursor",
        Title = Title,
        Executable = "cursor-agent",
        Install = "Install it from https://cursor.com/cli, or set Executable to its path.",
        Tested = null,
        ApiKeySecret = SecretNames.Cursor,
        BaseUrl = null,
        Protocol = null,
        StopSignal = StopSignal.Terminate,
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell],
        RepositoryPrograms = [".cursor/hooks.json"],
        Launch = Launch,
        CreateParser = static run => new CursorOutputParser(run.CostOf),
    };

    private static AgentCliLaunch Launch(AgentCliRun run) => new()
    {
        // It asks whether it may work in a folder that it was never in, and --force lets its shell run: without them nothing happens.
        Arguments =
        [
            "-p", "--output-format", "stream-json", "--trust", "--force",
            "--workspace", run.Workspace.Directory,
            "--sandbox", run.IsConfined ? "disabled" : "enabled", // Two sandboxes inside each other get in each other's way.
            .. run.Options.AllowRepositoryTools ? (string[])["--approve-mcps"] : [],
            .. run.Model is { } model ? (string[])["--model", model] : [],
            .. run.MoreArguments,
        ],
        Environment = new Dictionary<string, string> { ["CURSOR_API_KEY"] = run.ApiKey.Reveal() },
    };
}
