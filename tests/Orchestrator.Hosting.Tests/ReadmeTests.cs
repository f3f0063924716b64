using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Hosting.Tests.Operations;
using Orchestrator.Routing;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Hosting.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readmes_code_is_the_code_below() => Assert.Empty(ReadmeSnippets.Stale(
        RepositoryRoot.Combine("src", "Orchestrator.Hosting", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Hosting.Tests")));

    [Fact]
    public async Task The_readmes_operations_do_what_they_say()
    {
        await using var rig = new OperationsRig(new ScriptedProvider("other"), new ScriptedProvider("codex"));
        await rig.StartAsync();
        var (host, task, progress) = (rig.Host, rig.Task, new Heard());

#pragma warning disable xUnit1051 // The README's code, which has no test's token.
        #region snippet: operations
        var operations = host.Services.GetRequiredService<IProviderOperations>();
        var suitable = operations.ListAvailable(task).Suitable;                                  // best first; Unsuitable has the reasons of the others
        var assigned = await operations.AssignAsync(task, preferredProvider: "codex");           // decided and audited, not started
        var report = await operations.ExecuteAsync(task, assigned.Provider, progress);           // queued, run, verified
        await operations.ReportVerdictAsync(report.Decision!.Value.Id, FeedbackVerdict.Accepted); // the router learns from it
        #endregion
#pragma warning restore xUnit1051

        Assert.Equal(["other", "codex"], suitable.Select(candidate => candidate.Provider));
        Assert.Equal((AgentTaskStatus.Verified, "codex"), (report.Status, report.Provider));
        Assert.NotEmpty(progress.Events);
    }

    [Fact]
    public async Task The_readmes_code_does_what_it_says()
    {
        var token = TestContext.Current.CancellationToken;
        using var directory = new TemporaryDirectory();
        using var git = GitRepository.Init();
        git.Write("mine.txt", "not committed\n");
        var repository = git.Path;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());

        #region snippet: compose
        builder.Services
            .AddOrchestrator(options => options.MaxRemediations = 1)
            .ConfigureProviders(providers => providers.AddDotnetFormat().AddCodex());
        #endregion

        builder.Services.AddOrchestrator(options => options.StateDirectory = directory.Path);
        using var host = builder.Build();
        await host.StartAsync(token);

#pragma warning disable xUnit1051 // The README's code, which has no test's token.
        #region snippet: run-a-task
        var report = await host.Services.GetRequiredService<AgentTaskClient>().RunAsync(new AgentTask
        {
            Id = Identifiers.Create(TimeProvider.System.GetUtcNow()),
            Type = AgentTaskType.Fix,
            Instructions = "Orders with no lines must not be shipped.",
            Source = new LocalSource { Path = repository },
            VerifyCommand = CommandLine.Parse("dotnet test"),
        });
        #endregion
#pragma warning restore xUnit1051

        await host.StopAsync(token);

        // No agent is installed where tests run: an uncommitted file has the task refused before one is asked for.
        Assert.Equal(AgentTaskStatus.Refused, report.Status);
        Assert.Equal(["codex", "dotnet-format"], host.Services.GetRequiredService<IProviderRegistry>().Providers.Select(provider => provider.Descriptor.Name));
    }
}
