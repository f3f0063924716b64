using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers.Workspaces;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Providers;

public sealed class ReadmeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_snippet_in_the_readme_is_compiled() => Assert.Empty(ReadmeSnippets.Stale(
        RepositoryRoot.Combine("src", "Orchestrator.Providers", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Providers.Tests")));

    [Fact]
    public void The_registration_resolves()
    {
        var services = new ServiceCollection();
        Register(services);
        using var provider = services.BuildServiceProvider();

        Assert.Equal(["format", "codex", "claude"], provider.GetServices<IAgentProvider>().Select(one => one.Descriptor.Name));
    }

    [Fact]
    public async Task The_smallest_program_gives_the_changes()
    {
        using var repository = GitRepository.Init();
        repository.Write("a.txt", "one\n");
        repository.Commit("base");
        await using var host = new ProviderHost(providers => providers.AddCommand("append", options => (options.Executable, options.Arguments) = ("sh", ["-c", "echo two >> a.txt"])));

        Assert.Equal(["a.txt"], (await RunAsync(host.Workspaces, host.Provider, ProviderHost.Task(), repository.Path, Token)).Paths);
    }

    private static void Register(IServiceCollection services)
    {
        #region snippet: register
        services.AddAgentProviders(workspaces => workspaces.Directory = "/var/lib/orchestrator/workspaces")
            .AddCommand("format", command =>
            {
                command.Executable = "dotnet";
                command.Arguments = ["format", "{workspace}"];
                command.WritablePaths = ["~/.nuget", "~/.local/share/NuGet"];
            })
            .AddCodex(codex => codex.Model = "gpt-5.1-codex")
            .AddClaude(claude => claude.MaxTurns = 50);
        #endregion
    }

    #region snippet: run
    private static async Task<CollectedChanges> RunAsync(GitWorkspaces workspaces, IAgentProvider provider, AgentTask task, string repository, CancellationToken cancellationToken)
    {
        await using var workspace = await workspaces.CreateAsync(repository, executionId: "execution-1", cancellationToken: cancellationToken);
        var execution = new AgentExecution { Id = workspace.ExecutionId, Task = task, Workspace = workspace.Workspace };
        await foreach (var happened in provider.ExecuteAsync(execution, cancellationToken))
        {
            if (happened is AgentFailed failed)
            {
                throw new InvalidOperationException(failed.Failure.ToString());
            }
        }

        return await workspace.CollectAsync(cancellationToken);
    }
    #endregion
}
