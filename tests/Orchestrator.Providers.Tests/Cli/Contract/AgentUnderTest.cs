using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>A real agent CLI as the contract tests run it.</summary>
internal sealed record AgentUnderTest(string Name, string Model, string Secret, Func<IAgentProvidersBuilder, Action<AgentCliOptions>, IAgentProvidersBuilder> Add, Func<FakeModels, string, string> BaseUrl)
{
    /// <summary>Copilot has no key of its own for a server that is not GitHub's: it must be named.</summary>
    private const string Gateway = "GATEWAY_API_KEY";

    public static IReadOnlyList<AgentUnderTest> All { get; } =
    [
        new("codex", "gpt-5.1-codex", SecretNames.Codex, static (builder, configure) => builder.AddCodex(configure), static (models, scenario) => models.BaseUrl(scenario)),
        new("claude", "claude-sonnet-4-5", SecretNames.Claude, static (builder, configure) => builder.AddClaude(configure), Root),
        new("gemini", "gemini-2.5-pro", SecretNames.Gemini, static (builder, configure) => builder.AddGemini(configure), Root),
        new("copilot", "gpt-5.1", Gateway, static (builder, configure) => builder.AddCopilot(options => options.ApiKeySecret = Gateway).AddCopilot(configure), static (models, scenario) => models.BaseUrl(scenario)),
    ];

    public static AgentUnderTest Named(string name) => All.Single(agent => agent.Name == name);

    /// <summary>A host with this agent alone, its key, and a scenario of the scripted model server behind it.</summary>
    public ProviderHost Host(FakeModels models, string scenario, string key, Action<AgentCliOptions>? configure = null, string workspaceFolder = "workspaces")
    {
        var executable = Engines.Require(Name);
        return new ProviderHost(
            providers => Add(providers, options =>
            {
                (options.Executable, options.BaseUrl, options.Model) = (executable, BaseUrl(models, scenario), Model);
                configure?.Invoke(options);
            }),
            new Dictionary<string, string> { [Secret] = key },
            workspaceFolder: workspaceFolder); // The scripted server reads FILE= up to the first blank: usually there is none.
    }

    private static string Root(FakeModels models, string scenario) => $"http://127.0.0.1:{models.Port}/s/{scenario}";
}
