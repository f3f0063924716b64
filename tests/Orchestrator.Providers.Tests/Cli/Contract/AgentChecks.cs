using System.Text;
using Orchestrator.Providers.Processes;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Testing;

namespace Orchestrator.Providers.Cli.Contract;

/// <summary>What holds for every real agent CLI after a scenario.</summary>
internal static class AgentChecks
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The three files of the scenario edit are changed in the workspace, nothing is changed elsewhere, and no process is left.</summary>
    public static async Task EditedOnlyTheWorkspaceAsync(GitWorkspace workspace)
    {
        var changes = await workspace.CollectAsync(Token);
        Assert.Equal(["hello.txt", "made_by_shell.txt", "new_by_agent.txt"], changes.Paths.Order());
        Assert.Contains("+line two CHANGED BY AGENT", Encoding.UTF8.GetString(changes.Diff.Span), StringComparison.Ordinal);
        await LeftNothingAsync(workspace);
    }

    /// <summary>Nothing is changed outside the workspace, and no process is left.</summary>
    public static async Task LeftNothingAsync(GitWorkspace workspace)
    {
        Assert.Empty(NativeProcesses.FindSurvivors(workspace.ExecutionId, 0));
        Assert.False((await workspace.FindEscapesAsync(Token)).Any);
    }

    /// <summary>The agent's shell printed its environment without the key, which is in no event and no log either, and still reached the model's server.</summary>
    public static async Task KeyIsHiddenAsync(GitWorkspace workspace, ProviderHost host, IEnumerable<AgentEvent> events, FakeModels models, string key)
    {
        var dump = await File.ReadAllTextAsync(Path.Combine(workspace.Workspace.Directory, "env_dump.txt"), Token);
        Assert.Contains("PATH=", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(key, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(key, host.Logs.AllText() + string.Join('\n', events), StringComparison.Ordinal);
        Assert.Contains(key, models.Log(), StringComparison.Ordinal);
    }

    /// <summary>Its health tells that the program that is installed is of a version that is tested.</summary>
    public static async Task IsTheTestedVersionAsync(ProviderHost host, AgentCliProfile profile)
    {
        var health = await host.Provider.CheckHealthAsync(Token);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal((profile.Tested!.ToString(), "inside"), (health.Details["tested"], health.Details["version_is"]));
    }
}
