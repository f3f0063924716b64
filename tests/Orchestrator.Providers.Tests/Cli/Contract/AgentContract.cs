using Orchestrator.Json;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>Runs a real agent CLI through a scenario of the scripted model server and says in a few words what came of it, as the table in docs/agents/outcomes.md does.</summary>
internal static class AgentContract
{
    private const string Key = "sk-marked-contract-key-4711";

    /// <summary>The scenarios in the table's order.</summary>
    public static IReadOnlyList<string> Scenarios { get; } =
        ["edit", "noedit", "shellfail", "e401", "e429once", "e429", "e429long", "quota", "e500", "e400ctx", "hang", "stall", "drop", "envdump", "longsh2", "daemon", "cancel"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<string> RunAsync(AgentUnderTest agent, string scenario)
    {
        await using var models = await FakeModels.StartAsync(Token);
        await using var host = agent.Host(models, ServerScenario(scenario), Key);
        using var repository = HelloRepository.Create();
        var id = $"contract-{agent.Name}-{scenario}-{Environment.ProcessId}";
        await using var workspace = await host.Workspaces.CreateAsync(repository.Path, id, cancellationToken: Token);
        await workspace.WatchRepositoryAsync(Token);

        var outcome = await OutcomeAsync(agent, host, workspace, scenario);

        await AgentChecks.LeftNothingAsync(workspace);
        Assert.DoesNotContain(Key, host.Logs.AllText(), StringComparison.Ordinal);
        if (scenario == "envdump")
        {
            await AgentChecks.KeyIsHiddenAsync(workspace, host, [], models, Key);
        }

        return outcome;
    }

    private static async Task<string> OutcomeAsync(AgentUnderTest agent, ProviderHost host, GitWorkspace workspace, string scenario)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var events = new List<AgentEvent>();
        var execution = new AgentExecution
        {
            Id = workspace.ExecutionId,
            Task = ProviderHost.Task("Please change line two. FILE={workspace}/hello.txt"),
            Workspace = workspace.Workspace,
            TimeLimits = Limits(agent.Name, scenario),
        };
        var grandchild = 0;
        try
        {
            await foreach (var happened in host.Provider.ExecuteAsync(execution, cancel.Token))
            {
                events.Add(happened);

                // Only the call's begin: it ends as well, once its shell is stopped.
                if (scenario == "cancel" && grandchild == 0 && happened is AgentToolCall)
                {
                    grandchild = await Grandchild.OfAsync(workspace.ExecutionId, Token);
                    await cancel.CancelAsync();
                }
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            return Cancelled(events, grandchild);
        }

        Assert.Single(events, happened => happened is AgentFailed or AgentCompleted);
        Assert.DoesNotContain(Key, string.Join('\n', events), StringComparison.Ordinal);
        return events[^1] switch
        {
            AgentFailed { Failure: var failure } => failure.Class.ToName() + (failure.RetryAfter is { } wait ? $", retry after {wait.TotalSeconds:0} s" : ""),
            AgentCompleted => $"completed, {(await workspace.CollectAsync(Token)).Paths.Count} files",
            var other => $"ended with {other.GetType().Name}",
        };
    }

    private static string Cancelled(List<AgentEvent> events, int grandchild)
    {
        Assert.Contains(events, happened => happened is AgentStarted);
        Assert.DoesNotContain(events, happened => happened is AgentFailed or AgentCompleted);
        Assert.DoesNotContain(Key, string.Join('\n', events), StringComparison.Ordinal);
        Assert.NotEqual(0, grandchild);
        Assert.False(Grandchild.Lives(grandchild), "A process that the agent's shell had started lives on.");
        return "cancelled";
    }

    /// <summary>A server that says nothing, or that Codex waits for as long as it is told, is not waited for as long as one that is retried. Codex waits ten seconds for its shell and goes on: it must have the time.</summary>
    private static AgentTimeLimits Limits(string agent, string scenario)
    {
        var limits = new AgentTimeLimits { Startup = TimeSpan.FromMinutes(1), Idle = TimeSpan.FromMinutes(1), Total = TimeSpan.FromMinutes(3) };
        return (agent, scenario) switch
        {
            ("codex", "longsh2") => limits with { Idle = TimeSpan.FromSeconds(40) },
            (_, "hang" or "stall" or "longsh2") or ("codex", "e429long") => limits with { Idle = TimeSpan.FromSeconds(12) },
            _ => limits,
        };
    }

    private static string ServerScenario(string scenario) => scenario == "cancel" ? "longsh2" : scenario;
}
