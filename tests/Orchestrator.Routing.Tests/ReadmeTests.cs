using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Providers;
using Orchestrator.Tasks;
using Orchestrator.Testing;

namespace Orchestrator.Routing.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readmes_code_is_the_code_below() => Assert.Empty(ReadmeSnippets.Stale(
        RepositoryRoot.Combine("src", "Orchestrator.Routing", "README.md"), RepositoryRoot.Combine("tests", "Orchestrator.Routing.Tests")));

    [Fact]
    public void The_readmes_code_does_what_it_says()
    {
        var (codex, formatter) = (new StubProvider(RouterRig.Provider("codex")), new StubProvider(RouterRig.Provider("formatter")));

        #region snippet: smallest
        var services = new ServiceCollection();
        services.AddProviderRouting(options => options.Providers["codex"] = new ProviderSettings { PricePerTaskUsd = 0.20m, SuccessRate = 0.85 })
            .AddProvider(codex)
            .AddProvider(formatter);
        using var provider = services.BuildServiceProvider();

        var router = provider.GetRequiredService<IProviderRouter>();
        var task = new AgentTask { Id = "task-1", Type = AgentTaskType.Refactor, Instructions = "Format the code.", Source = new LocalSource { Path = "." } };
        var decision = router.Route(task);
        Console.WriteLine(decision.Provider ?? decision.Rejection!.Message);
        #endregion

        #region snippet: explain
        Console.Write(RoutingExplanationText.Format(router.Explain(task)));
        #endregion

        var admissions = provider.GetRequiredService<IProviderAdmission>();
        #region snippet: report
        using var admission = admissions.TryAdmit(new AdmissionRequest(task, decision.Provider!, AttemptId: "attempt-1", ExpectedUsd: 0.20m)).Admission;
        if (!admission.IsEmpty)
        {
            // ... run the provider ...
            admission.Settle(costUsd: 0.17m, tokens: 41_000);
            router.Report(new ExecutionOutcome(decision.Id, decision.Provider!, task.Type, OutcomeStage.Ended, FailureClass.RateLimited, RetryAfter: TimeSpan.FromSeconds(30)));
        }
        #endregion

        // By default a small share of the tasks explores, so either may be the first.
        Assert.Equal(["codex", "formatter"], decision.Fallbacks.Append(decision.Provider).Order(StringComparer.Ordinal));
        Assert.Equal(Assert.Single(decision.Fallbacks), router.Route(task).Provider);
    }
}
