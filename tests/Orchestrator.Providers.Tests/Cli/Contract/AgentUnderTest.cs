using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Secrets;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>A real agent CLI as the contract tests run it.</summary>
internal sealed record AgentUnderTest(string Name, string Model, string Secret, Func<IAgentProvidersBuilder, Action<AgentCliOptions>, IAgentProvidersBuilder> Add, Func<FakeModels, string, string> BaseUrl)
{
    public static IReadOnlyList<AgentUnderTest> All { get; } =
    [
        new("codex", "gpt-5.1-codex", SecretNames.Codex, static (builder, configure) => builder.AddCodex(configure), static (models, scenario) => models.BaseUrl(scenario)),
        new("claude", "claude-sonnet-4-5", SecretNames.Claude, static (builder, configure) => builder.AddClaude(configure), Root),
        new("gemini", "gemini-2.5-pro", SecretNames.Gemini, static (builder, configure) => builder.AddGemini(configure), Root),
        new("copilot", "gpt-5.1", "COPILOT_PROVIDER_API_KEY", static (builder, configure) => builder.AddCopilot(configure), static (models, scenario) => models.BaseUrl(scenario)),
    ];

    public static AgentUnderTest Named(string name) => All.Single(agent => agent.Name == name);

    private static string Root(FakeModels models, string scenario) => $"http://127.0.0.1:{models.Port}/s/{scenario}";
}
