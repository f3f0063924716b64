using Orchestrator.Secrets;

namespace Orchestrator.Providers.Cli;

/// <summary>Runs of agent CLIs for tests of their command lines and parsers.</summary>
internal static class CliRuns
{
    public static AgentCliRun Create(
        AgentCliOptions? options = null,
        AgentWorkspace? workspace = null,
        bool confined = true,
        string? baseUrl = "http://127.0.0.1:1",
        string key = "key-of-the-run",
        string? sessionId = null,
        decimal? budgetUsd = null)
    {
        var place = workspace ?? new AgentWorkspace { Directory = "/w", BaseCommit = "x", HomeDirectory = "/h", TemporaryDirectory = "/t" };
        return new AgentCliRun
        {
            Execution = new AgentExecution { Id = "e1", Task = ProviderHost.Task(), Workspace = place, SessionId = sessionId, BudgetUsd = budgetUsd },
            Workspace = place,
            Options = options ?? new AgentCliOptions(),
            Model = "m",
            BaseUrl = baseUrl,
            ApiKey = new SecretValue(key),
            IsConfined = confined,
            IsInContainer = false,
            CostOf = static _ => 1.5m,
        };
    }
}
