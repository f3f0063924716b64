using System.Text.Json.Nodes;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Proxy;

namespace Orchestrator.Providers.Cli.OpenCode;

/// <summary>The opencode CLI with a model that is served with OpenAI's Chat Completions.</summary>
internal static class OpenCodeProfile
{
    public const string Title = "opencode";

    private const string Key = "OPENCODE_API_KEY";
    private const string DefaultModel = "gpt-5.1-codex";

    public static AgentCliProfile Create() => new()
    {
        Kind = "opencode",
        Title = Title,
        Executable = "opencode",
        Install = "Install it with 'npm install -g opencode-ai', or set Executable to its path.",
        Tested = new TestedVersions("1.18.33"),
        ApiKeySecret = Key,
        BaseUrl = "https://api.openai.com/v1",
        Protocol = ModelProtocol.OpenAi,
        StopSignal = StopSignal.Terminate,
        Capabilities = [ProviderCapabilities.Edit, ProviderCapabilities.Instructions, ProviderCapabilities.Shell],

        // No switch keeps it from loading these; its settings file of the repository can be switched off.
        RepositoryPrograms = [".opencode/plugin", ".opencode/plugins", ".opencode/tool", ".opencode/tools"],
        Launch = Launch,
        CreateParser = static run => new OpenCodeOutputParser(run.Model, run.CostOf, run.Options.PricePerTaskUsd),
    };

    private static AgentCliLaunch Launch(AgentCliRun run)
    {
        var model = run.Model ?? DefaultModel;
        var environment = new Dictionary<string, string>
        {
            [Key] = run.ApiKey.Reveal(),
            ["OPENCODE_CONFIG_CONTENT"] = Configuration(model, run),
            ["OPENCODE_DISABLE_AUTOUPDATE"] = "1",
            ["OPENCODE_DISABLE_MODELS_FETCH"] = "1",
            ["OPENCODE_DISABLE_LSP_DOWNLOAD"] = "1",
        };
        if (!run.Options.AllowRepositoryTools)
        {
            environment["OPENCODE_DISABLE_PROJECT_CONFIG"] = "1"; // The tool servers in it are programs of the repository.
        }

        return new AgentCliLaunch
        {
            Arguments = ["run", "--format", "json", "--auto", "-m", "orchestrator/" + model, "--dir", run.Workspace.Directory, .. run.MoreArguments],
            Environment = environment,
        };
    }

    // The key is named, not written: the file's text can be seen by the agent.
    private static string Configuration(string model, AgentCliRun run) => new JsonObject
    {
        ["provider"] = new JsonObject
        {
            ["orchestrator"] = new JsonObject
            {
                ["npm"] = "@ai-sdk/openai-compatible",
                ["options"] = new JsonObject { ["baseURL"] = run.BaseUrl, ["apiKey"] = "{env:" + Key + "}" },
                ["models"] = new JsonObject { [model] = new JsonObject { ["name"] = model } },
            },
        },

        // Without the repository's settings it does not look for its instructions either.
        ["instructions"] = new JsonArray(Path.Combine(run.Workspace.Directory, "AGENTS.md")),
        ["share"] = "disabled",
        ["autoupdate"] = false,
        ["permission"] = new JsonObject { ["edit"] = "allow", ["bash"] = "allow", ["webfetch"] = "allow" },
    }.ToJsonString();
}
